// What an answer's body says of how it came about, in a field `cocoon` that clients of OpenAI's API pass over.

import { hashLeaf, type Tier, toHex } from "@cocoon/protocol";
import type { CompletedAnswer } from "../session/index.ts";
import type { AnswerState } from "./served.ts";

/** Of one answer, or of all that make one: amounts are nanotons in decimal texts. */
export type AnswerFacts = {
  /** What is paid: work and fee of all receipts. */
  readonly amountNanotons: string;
  readonly receipts: readonly ReceiptFacts[];
};

export type ReceiptFacts = {
  /** Names the receipt: 32 hexadecimal digits. */
  readonly id: string;
  /** Of its leaf in the proxy's log, hex. */
  readonly hash: string;
  /** How far its proof is when the answer is complete. It comes further by itself: GET /v1/receipts/{id} tells. */
  readonly state: "signed";
  readonly tier: Tier;
  /** Hex id. */
  readonly worker: string;
  readonly workNanotons: string;
  readonly feeNanotons: string;
};

/** Throws nothing: an answer that is not complete has no receipt to tell of. */
export function answerFacts(answers: readonly AnswerState[]): AnswerFacts {
  const completed = answers.flatMap((answer) => answer.completed ?? []);
  const amount = completed.reduce((sum, { answer }) => sum + answer.amount, 0n);
  return { amountNanotons: amount.toString(), receipts: completed.map(receiptFacts) };
}

function receiptFacts({ answer, receipt, worker }: CompletedAnswer): ReceiptFacts {
  return {
    id: answer.request,
    hash: toHex(hashLeaf(answer.receipt)),
    state: "signed",
    tier: worker.tier,
    worker: worker.claims.workerId,
    workNanotons: receipt.workNanotons.toString(),
    feeNanotons: receipt.feeNanotons.toString(),
  };
}
