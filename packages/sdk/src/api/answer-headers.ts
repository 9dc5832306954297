import { CocoonError, operatorNotice } from "@cocoon/protocol";
import type { Cocoon } from "../chat/index.ts";
import type { AnswerState } from "./served.ts";

/** Who answers and what will prove it. Where several answers make one, their receipts stand in their order. */
export async function answerHeaders(
  cocoon: Cocoon,
  answers: readonly AnswerState[],
): Promise<Record<string, string>> {
  const running = answers.map((answer) => {
    if (answer.running === undefined) throw new CocoonError("internal");
    return answer.running;
  });
  const notices = running.flatMap(({ worker }) => operatorNotice(worker.tier) ?? []);
  const listed = (values: readonly string[]): string => [...new Set(values)].join(", ");
  return {
    "x-cocoon-receipt": listed(running.map(({ request }) => request)),
    "x-cocoon-worker": listed(running.map(({ worker }) => worker.claims.workerId)),
    "x-cocoon-tier": listed(running.map(({ worker }) => worker.tier)),
    ...(notices.length > 0 && { "x-cocoon-notice": listed(notices) }),
    ...(await pendingHeader(cocoon, answers)),
  };
}

/** An answer that is there is given, whether or not the chain could be asked what comes next. */
async function pendingHeader(
  cocoon: Cocoon,
  answers: readonly AnswerState[],
): Promise<Record<string, string>> {
  try {
    const changes = (await Promise.all(answers.map(cocoon.changesAhead))).flat();
    if (changes.length === 0) return {};
    const entries = changes.map(({ id, executeAtSeconds }) => `${id};at=${executeAtSeconds}`);
    return { "x-cocoon-pending-change": [...new Set(entries)].join(", ") };
  } catch (error) {
    if (error instanceof CocoonError) return {};
    throw error;
  }
}
