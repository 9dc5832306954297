// Receipts move on from signed to included to anchored, without anybody asking.

import { createCheckpointVerifier, type ReceiptState, verifyLogProof } from "../audit/index.ts";
import type { ProxySession } from "../session/index.ts";
import type { AnswerBook, WaitingAnswer } from "./answer-book.ts";
import type { WitnessDesk } from "./witness-desk.ts";

/** Receipts asked about in one round. */
const batchMax = 256;
/** Questions under way at once. */
const concurrency = 16;

export type ReceiptUpgrade = {
  readonly answers: Pick<AnswerBook, "recordProof" | "waiting">;
  /** With the proxy whose log holds them. */
  readonly session: Pick<ProxySession, "isOpen" | "log" | "proof">;
  readonly networkId: number;
  /** Who else has to have seen a checkpoint before it counts. */
  readonly witnesses: Pick<WitnessDesk, "suffice">;
  /** Told of each receipt that has come further. */
  readonly onProved?: ((request: string, state: ReceiptState) => void) | undefined;
};

/**
 * Asks a proxy where its receipts stand, verifies what it says, and keeps it. Those that are included wait for an anchor,
 * which covers all that came before it: the oldest is asked about, and the others once that one is anchored. One that
 * fails does not hold up the others; the first failure is thrown when all were asked about.
 */
export async function upgradeReceipts(options: ReceiptUpgrade): Promise<void> {
  const { answers, session } = options;
  const upgrade = { ...options, verify: createCheckpointVerifier() };
  const [oldest, ...later] = await answers.waiting("included", session.log, batchMax);
  const signed = await answers.waiting("signed", session.log, batchMax);
  const asked = ask(upgrade, signed);
  const first = oldest && askOne(upgrade, oldest);
  const [, told] = await Promise.allSettled([asked, first]);
  if (told.status === "fulfilled" && told.value === "anchored") await ask(upgrade, later);
  await Promise.all([asked, first]);
}

/** Hundreds of receipts rest on one checkpoint. */
type Upgrade = ReceiptUpgrade & { readonly verify: ReturnType<typeof createCheckpointVerifier> };

async function ask(upgrade: Upgrade, waiting: readonly WaitingAnswer[]): Promise<void> {
  const left = [...waiting];
  const questions: Promise<unknown>[] = [];
  while (left.length > 0 && upgrade.session.isOpen) {
    const batch = left.splice(0, concurrency).map((answer) => askOne(upgrade, answer));
    questions.push(...batch);
    await Promise.allSettled(batch);
  }
  await Promise.all(questions);
}

/** How far it has come now. */
async function askOne(
  { answers, session, networkId, onProved, verify, witnesses }: Upgrade,
  { request, receipt, log, state: known }: WaitingAnswer,
): Promise<ReceiptState> {
  const proof = await session.proof(request);
  if (proof === undefined) return known;
  const state = verifyLogProof(receipt, proof, { networkId, ...log }, verify);
  if (known !== "signed" && state !== "anchored") return known;
  if (!witnesses.suffice(request, proof)) return known;
  await answers.recordProof(request, state, JSON.stringify(proof));
  onProved?.(request, state);
  return state;
}
