import { type ReactNode, useState } from "react";
import { useText } from "../text/index.ts";
import { Icon } from "./icon.tsx";

/** Copies a text, and says that it did. */
export function Copy({
  value,
  label,
}: {
  readonly value: string;
  readonly label?: string;
}): ReactNode {
  const { app } = useText();
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    setIsCopied(true);
  };
  return (
    <button
      type="button"
      className="button quiet tight"
      onClick={() => void copy()}
      onBlur={() => setIsCopied(false)}
    >
      <Icon name={isCopied ? "holds" : "copy"} />
      <span className={label === undefined ? "unseen" : ""} aria-live="polite">
        {isCopied ? app.copied : (label ?? app.copy)}
      </span>
    </button>
  );
}
