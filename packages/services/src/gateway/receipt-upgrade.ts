// Receipts move on from signed to included to anchored, without anybody asking.

import { type ProxySession, verifyLogProof } from "@cocoon/sdk";
import type { ProxyAddress } from "../config/index.ts";
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
  log: { readonly networkId: number; readonly proxy: ProxyAddress; readonly publicKey: Uint8Array },
): Promise<void> {
  const requests = answers.unanchored(batchMax);
  const asked: Promise<void>[] = [];
  while (requests.length > 0 && session.isOpen) {
    const batch = requests
      .splice(0, concurrency)
      .map((request) => upgrade(answers, session, log, request));
    asked.push(...batch);
    await Promise.allSettled(batch);
  }
  await Promise.all(asked);
}

async function upgrade(
  answers: AnswerStore,
  session: ProxySession,
  { networkId, proxy, publicKey }: Parameters<typeof upgradeReceipts>[2],
  request: string,
): Promise<void> {
  const proof = await session.proof(request);
  const answer = answers.find(request);
  if (proof === undefined || answer === undefined) return;
  const state = verifyLogProof(answer.receipt, proof, { networkId, bond: proxy.bond, publicKey });
  if (answer.state !== "signed" && state !== "anchored") return;
  await answers.recordProof(request, state, JSON.stringify(proof));
}
