import { Select } from "@base-ui/react/select";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import "./picker.css";

export type PickerOption<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  /** A second line, for what the choice means. */
  readonly meaning?: string;
};

type Props<Value extends string> = {
  readonly label: string;
  readonly icon?: IconName;
  readonly value: Value;
  readonly options: readonly PickerOption<Value>[];
  readonly onPick: (value: Value) => void;
  readonly isLabelHidden?: boolean;
};

/** One of a few, with what each means. */
export function Picker<Value extends string>(props: Props<Value>): ReactNode {
  const { icon, isLabelHidden = false, label, onPick, options, value } = props;
  const chosen = options.find((option) => option.value === value);
  return (
    <Select.Root
      value={value}
      onValueChange={(picked: Value | null) => void (picked !== null && onPick(picked))}
      modal={false}
    >
      <Select.Trigger
        className="button quiet tight picker"
        aria-label={`${label}: ${chosen?.label ?? value}`}
      >
        {icon !== undefined && <Icon name={icon} />}
        {!isLabelHidden && <span>{chosen?.label ?? value}</span>}
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
