// Answers as a client keeps them, with all that proves them.

import type { Nanotons, RawAddress } from "@cocoon/protocol";
import type { ReceiptState } from "../audit/index.ts";
import type { AcceptedAnswer, Awaitable, PaymentStore } from "../spend/index.ts";

/** An answer as it is kept. */
export type StoredAnswer = AcceptedAnswer & {
  readonly state: ReceiptState;
  /** JSON of the log's proof; undefined while signed. */
  readonly logProof: string | undefined;
  /** JSON of what the root contract allowed when the answer was verified. */
  readonly policy: string;
};

/** What a list says of an answer: the evidence is some 30 KiB more, and the same for many. */
export type ListedAnswer = Pick<
  StoredAnswer,
  "request" | "announcedAs" | "channel" | "amount" | "receipt" | "acceptedAtMs" | "state"
>;

/** Answers whose proof has come this far and can come further. */
export type WaitingState = Exclude<ReceiptState, "anchored">;

/** What it takes to ask for a proof and verify it. */
export type WaitingAnswer = Pick<StoredAnswer, "request" | "receipt" | "log" | "state">;

/** Where a client keeps its answers. What a method writes is durable when its promise resolves. */
export type AnswerBook = PaymentStore & {
  /** By its request's id, or by the one that the application was told. */
  find(request: string): Awaitable<StoredAnswer | undefined>;
  /** The newest answers first; with a reference, those that have it. */
  list(limit: number, reference?: string): Awaitable<readonly ListedAnswer[]>;
  /** The answers that a log holds and whose proof has come this far, the oldest first. */
  waiting(
    state: WaitingState,
    log: { readonly bond: RawAddress },
    limit: number,
  ): Awaitable<readonly WaitingAnswer[]>;
  recordProof(request: string, state: ReceiptState, logProof: string): Promise<void>;
  spent(channel: RawAddress): Promise<Nanotons>;
};
