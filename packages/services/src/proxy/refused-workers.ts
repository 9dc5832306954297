// Workers that were refused, for the operator: anybody may come to be refused, as often as they like.

import type { ErrorCode } from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";

const everyMs = 60_000;

/** Writes down one refusal of each code a minute, and how many went unsaid since the one before. */
export function createRefusedWorkers(
  logger: Pick<Logger, "event">,
  now: () => number,
): (code: ErrorCode) => void {
  const said = new Map<ErrorCode, { readonly atMs: number; unsaid: number }>();
  return (code) => {
    const last = said.get(code);
    if (last !== undefined && now() - last.atMs < everyMs) {
      last.unsaid += 1;
      return;
    }
    said.set(code, { atMs: now(), unsaid: 0 });
    logger.event("worker_refused", { code, unsaid: last?.unsaid ?? 0 });
  };
}
