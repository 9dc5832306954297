import { isErrorCode } from "@cocoon/protocol";
import type { ReactNode } from "react";
import { useReasons } from "./reasons.ts";

type Props = {
  readonly code: string;
  /** The sentence of whoever failed, in English. */
  readonly message: string;
};

/** Why something failed, for people, with its code, for whoever looks it up. */
export function Failure({ code, message }: Props): ReactNode {
  const reasons = useReasons();
  const sentence = isErrorCode(code) ? reasons?.errors[code] : undefined;
  return (
    <p>
      {sentence ?? message} <code>{code}</code>
    </p>
  );
}
