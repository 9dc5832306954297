// Receipts move on from signed to included to anchored, without anybody asking.

import { type ProxySession, verifyLogProof } from "@cocoon/sdk";
import type { ProxyAddress } from "../config/index.ts";
import type { AnswerStore } from "./answer-store.ts";

/** Receipts asked about in one round. */
const batchMax = 256;
/** Questions under way at once. */
const concurrency = 16;

/** Asks the proxy where each unanchored receipt stands, verifies what it says, and keeps it. */
export async function upgradeReceipts(
  answers: AnswerStore,
  session: ProxySession,
  log: { readonly networkId: number; readonly proxy: ProxyAddress; readonly publicKey: Uint8Array },
): Promise<void> {
  const requests = answers.unanchored(batchMax);
  while (requests.length > 0) {
    const batch = requests.splice(0, concurrency);
    await Promise.all(batch.map((request) => upgrade(answers, session, log, request)));
  }
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
