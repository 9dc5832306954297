// Receipts move on from signed to included to anchored, without anybody asking.

import { type ProxySession, verifyLogProof } from "@cocoon/sdk";
import type { AnswerStore } from "./answer-store.ts";

/** Receipts asked about in one round. */
const batchMax = 256;
/** Questions under way at once. */
const concurrency = 16;

/**
 * Asks the proxy where each unanchored receipt stands, verifies what it says, and keeps it. One that fails does not hold
 * up the others; the first failure is thrown when all were asked about.
 */
export async function upgradeReceipts(
  answers: AnswerStore,
  session: ProxySession,
  networkId: number,
): Promise<void> {
  const requests = answers.unanchored(batchMax);
  const asked: Promise<void>[] = [];
  while (requests.length > 0 && session.isOpen) {
    const batch = requests
      .splice(0, concurrency)
      .map((request) => upgrade(answers, session, networkId, request));
    asked.push(...batch);
    await Promise.allSettled(batch);
  }
  await Promise.all(asked);
}

async function upgrade(
  answers: AnswerStore,
  session: ProxySession,
  networkId: number,
  request: string,
): Promise<void> {
  const proof = await session.proof(request);
  const answer = answers.find(request);
  if (proof === undefined || answer === undefined) return;
  const state = verifyLogProof(answer.receipt, proof, { networkId, ...answer.log });
  if (answer.state !== "signed" && state !== "anchored") return;
  await answers.recordProof(request, state, JSON.stringify(proof));
}
