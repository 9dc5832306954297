import type { ErrorCode, IdleCode } from "@cocoon/protocol";
import type { DetailName } from "@cocoon/sdk";

/** A language's sentences, by what they are about. */
export type Reasons = {
  readonly errors: Readonly<Record<ErrorCode, string>>;
  /** Of what a check found, with the same facts in braces. */
  readonly details: Readonly<Record<DetailName, string>>;
  readonly idle: Readonly<Record<IdleCode, readonly [meaning: string, remedy: string]>>;
};
