// The list that a picker opens. Loaded when somebody is about to open one.

import { Select } from "@base-ui/react/select";
import type { ReactNode } from "react";
import { PickerFace, type PickerProps } from "./picker-face.tsx";
import "./picker-list.css";

/** Open at first: whoever pressed the button waits for it. */
export function PickerList<Value extends string>(props: PickerProps<Value>): ReactNode {
  const { label, onPick, options, value } = props;
  const chosen = options.find((option) => option.value === value);
  return (
    <Select.Root
      defaultOpen
      value={value}
      onValueChange={(picked: Value | null) => void (picked !== null && onPick(picked))}
      modal={false}
    >
      <Select.Trigger
        className="button quiet tight picker"
        aria-label={`${label}: ${chosen?.label ?? value}`}
      >
        <PickerFace {...props} />
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner sideOffset={6} className="picker-place" alignItemWithTrigger={false}>
          <Select.Popup className="picker-list">
            <Select.List>
              {options.map((option) => (
                <Select.Item key={option.value} value={option.value} className="picker-option">
                  <Select.ItemText className="picker-label">{option.label}</Select.ItemText>
                  {option.meaning !== undefined && (
                    <span className="soft small">{option.meaning}</span>
                  )}
                </Select.Item>
              ))}
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}
