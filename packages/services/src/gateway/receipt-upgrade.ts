// Receipts move on from signed to included to anchored, without anybody asking.

import { createCheckpointVerifier, type ProxySession, verifyLogProof } from "@cocoon/sdk";
import type { AnswerStore, ReceiptState, WaitingAnswer } from "./answer-store.ts";
import type { WitnessDesk } from "./witness-desk.ts";

/** Receipts asked about in one round. */
const batchMax = 256;
/** Questions under way at once. */
const concurrency = 16;

export type UpgradedLog = {
  readonly networkId: number;
  readonly witnesses: WitnessDesk;
  /** Told of each receipt that has come further. */
  readonly onProved: (request: string, state: ReceiptState) => void;
};

/**
 * Asks the proxy where receipts stand, verifies what it says, and keeps it. Those that are included wait for an anchor,
 * which covers all that came before it: of each log the oldest is asked about, and the others once that one is anchored.
 * One that fails does not hold up the others; the first failure is thrown when all were asked about.
 */
export async function upgradeReceipts(
  answers: AnswerStore,
  session: ProxySession,
  log: UpgradedLog,
): Promise<void> {
  const verify = createCheckpointVerifier();
  const ask = async (requests: readonly string[]): Promise<void> => {
    const left = [...requests];
    const questions: Promise<void>[] = [];
    while (left.length > 0 && session.isOpen) {
      const batch = left
        .splice(0, concurrency)
        .map((request) => upgrade(answers, session, { ...log, verify }, request));
      questions.push(...batch);
      await Promise.allSettled(batch);
    }
    await Promise.all(questions);
  };
  const included = answers.waiting("included", batchMax);
  const oldest = oldestOfEachLog(included);
  const signed = answers.waiting("signed", batchMax).map(({ request }) => request);
  const asked = ask([...signed, ...oldest.values()]);
  await Promise.allSettled([asked]);
  const isAnchored = ({ bond }: WaitingAnswer): boolean =>
    answers.find(oldest.get(bond) ?? "")?.state === "anchored";
  await ask(included.filter(isAnchored).map(({ request }) => request));
  await asked;
}

type CheckpointVerifier = ReturnType<typeof createCheckpointVerifier>;

function oldestOfEachLog(answers: readonly WaitingAnswer[]): ReadonlyMap<string, string> {
  const oldest = new Map<string, string>();
  for (const { bond, request } of answers) if (!oldest.has(bond)) oldest.set(bond, request);
  return oldest;
}

async function upgrade(
  answers: AnswerStore,
  session: ProxySession,
  log: UpgradedLog & { readonly verify: CheckpointVerifier },
  request: string,
): Promise<void> {
  const { networkId, onProved, verify, witnesses } = log;
  const proof = await session.proof(request);
  const answer = answers.find(request);
  if (proof === undefined || answer === undefined) return;
  const state = verifyLogProof(answer.receipt, proof, { networkId, ...answer.log }, verify);
  if (answer.state !== "signed" && state !== "anchored") return;
  if (!witnesses.suffice(request, proof)) return;
  await answers.recordProof(request, state, JSON.stringify(proof));
  onProved(request, state);
}
