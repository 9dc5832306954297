import { type KeyboardEvent, type ReactNode, useState } from "react";
import { later } from "./later.ts";
import { PickerFace, type PickerProps } from "./picker-face.tsx";

const list = later(async () => (await import("./picker-list.tsx")).PickerList);

/** One of a few, with what each means. The list comes with the first pointer or focus on it, and opens when it is asked to. */
export function Picker<Value extends string>(props: PickerProps<Value>): ReactNode {
  const { label, options, value } = props;
  const PickerList = list.usePart();
  const [isAsked, setIsAsked] = useState(false);
  if (isAsked && PickerList !== undefined) return <PickerList {...props} />;
  const open = (): void => {
    list.want();
    setIsAsked(true);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open();
  };
  const chosen = options.find((option) => option.value === value);
  return (
    <button
      type="button"
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-label={`${label}: ${chosen?.label ?? value}`}
      className="button quiet tight picker"
      onPointerEnter={list.want}
      onFocus={list.want}
      onClick={open}
      onKeyDown={onKey}
    >
      <PickerFace {...props} />
    </button>
  );
}
