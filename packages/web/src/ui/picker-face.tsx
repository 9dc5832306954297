import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

export type PickerOption<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  /** A second line, for what the choice means. */
  readonly meaning?: string;
};

export type PickerProps<Value extends string> = {
  readonly label: string;
  readonly icon?: IconName;
  readonly value: Value;
  readonly options: readonly PickerOption<Value>[];
  readonly onPick: (value: Value) => void;
  readonly isLabelHidden?: boolean;
};

/** What a picker's button shows. */
export function PickerFace<Value extends string>(props: PickerProps<Value>): ReactNode {
  const { icon, isLabelHidden = false, options, value } = props;
  const chosen = options.find((option) => option.value === value);
  return (
    <>
      {icon !== undefined && <Icon name={icon} />}
      {!isLabelHidden && <span>{chosen?.label ?? value}</span>}
    </>
  );
}
