// Receipts move on from signed to included to anchored, without anybody asking.

import { createCheckpointVerifier, type ReceiptState, verifyLogProof } from "../audit/index.ts";
import type { ProxySession } from "../session/index.ts";
import type { AnswerBook } from "./answer-book.ts";
import type { WitnessDesk } from "./witness-desk.ts";

/** Receipts asked about in one round. */
const batchMax = 256;
/** Questions under way at once. */
const concurrency = 16;

export type ReceiptUpgrade = {
  readonly answers: Pick<AnswerBook, "find" | "recordProof" | "waiting">;
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
  const asked = ask(upgrade, [...signed, ...(oldest === undefined ? [] : [oldest])]);
  await Promise.allSettled([asked]);
  const first = oldest === undefined ? undefined : await answers.find(oldest);
  if (first?.state === "anchored") await ask(upgrade, later);
  await asked;
}

/** Hundreds of receipts rest on one checkpoint. */
type Upgrade = ReceiptUpgrade & { readonly verify: ReturnType<typeof createCheckpointVerifier> };

async function ask(upgrade: Upgrade, requests: readonly string[]): Promise<void> {
  const left = [...requests];
  const questions: Promise<void>[] = [];
  while (left.length > 0 && upgrade.session.isOpen) {
    const batch = left.splice(0, concurrency).map((request) => askOne(upgrade, request));
    questions.push(...batch);
    await Promise.allSettled(batch);
  }
  await Promise.all(questions);
}

async function askOne(
  { answers, session, networkId, onProved, verify, witnesses }: Upgrade,
  request: string,
): Promise<void> {
  const proof = await session.proof(request);
  const answer = await answers.find(request);
  if (proof === undefined || answer === undefined) return;
  const state = verifyLogProof(answer.receipt, proof, { networkId, ...answer.log }, verify);
  if (answer.state !== "signed" && state !== "anchored") return;
  if (!witnesses.suffice(request, proof)) return;
  await answers.recordProof(request, state, JSON.stringify(proof));
  onProved?.(request, state);
}
