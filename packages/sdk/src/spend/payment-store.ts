import type { Nanotons, RawAddress } from "@cocoon/protocol";

/** The log that promised to hold a receipt. */
export type AnswerLog = {
  /** The bond that answers for it. */
  readonly bond: RawAddress;
  /** The key that promised; a bond may name another later. 32 bytes. */
  readonly publicKey: Uint8Array;
};

/** An answer that the client has in full, with everything that proves it later. */
export type AcceptedAnswer = {
  /** Request id, hex: the receipt's name. */
  readonly request: string;
  readonly channel: RawAddress;
  /** Work and fee together: what the answer costs. */
  readonly amount: Nanotons;
  readonly receipt: Uint8Array;
  /** Opens the receipt's content commitment. 32 bytes. */
  readonly salt: Uint8Array;
  /** The log's promise of inclusion. */
  readonly promise: Uint8Array;
  readonly log: AnswerLog;
  /** The evidence of the worker that answered. */
  readonly bundle: Uint8Array;
  readonly acceptedAtMs: number;
  /** What the application wants kept with it, such as who asked. It never leaves the client. */
  readonly reference?: string;
  /** The request id that the application was told when another request began this answer and could not end it. */
  readonly announcedAs?: string;
};

/** Where the client keeps what it must not lose. Every method is durable when its promise resolves. */
export type PaymentStore = {
  /** Reserves sequence numbers that were never handed out before; returns the first of them. */
  reserveSequences(channel: RawAddress, count: number): Promise<number>;
  /** Adds an answer and its amount to what was spent; adding it again changes nothing. */
  accept(answer: AcceptedAnswer): Promise<void>;
  /** The sum of the accepted answers' amounts. */
  spent(channel: RawAddress): Promise<Nanotons>;
  /**
   * Which of these answers are accepted. The others are given up: accept() refuses them from now on with
   * peer_unreachable, because the proxy is told that they never came.
   */
  reconcile(requests: readonly string[]): Promise<readonly string[]>;
};
