// What a worker signs about an answer. It is public: it says how much, never what.

import { toHex } from "../bytes/index.ts";
import type { RawAddress } from "../codec/index.ts";
import type { Terms, Usage } from "../payment/index.ts";
import type { Tier } from "../tier/index.ts";
import type { Nanotons } from "../units/index.ts";

/** Why an answer ended. The position is the byte in the receipt. */
export const finishReasons = ["stop", "length", "tool_calls", "cancelled", "error"] as const;

export type FinishReason = (typeof finishReasons)[number];

/** What a worker says of an answer. Hashes are 32 bytes of SHA-256. */
export type ReceiptFields = {
  /** 16 bytes, chosen by the client; the idempotency key at every hop. */
  readonly requestId: Uint8Array;
  /** Of the public part of the sealed request. */
  readonly headerHash: Uint8Array;
  /** Of the attested claims whose identity key signs this. */
  readonly claimsHash: Uint8Array;
  /** Of the manifest of the model that answered. */
  readonly manifestHash: Uint8Array;
  /** The client's payment channel. */
  readonly channel: RawAddress;
  /** Counts the requests of the channel. Two receipts for one (channel, sequence) are a provable fraud. */
  readonly sequence: number;
  readonly tier: Tier;
  /** `reasoningTokens` is not part of a receipt: they are completion tokens. */
  readonly usage: Usage;
  /** As offered and as sealed in the request's header. */
  readonly terms: Terms;
  /** Of the whole sealed request. */
  readonly requestHash: Uint8Array;
  /** Of the sealed answer's head and all its chunks before the final one. */
  readonly answerHash: Uint8Array;
  /** Chunks before the final one. */
  readonly chunkCount: number;
  /** Unix time. */
  readonly startedAtMs: number;
  /** Unix time, not before startedAtMs. */
  readonly finishedAtMs: number;
  readonly finishReason: FinishReason;
  /** See commitContent(). */
  readonly contentCommitment: Uint8Array;
};

/** What follows from usage and terms. */
export type ReceiptAmounts = {
  /** What the worker earned. */
  readonly workNanotons: Nanotons;
  /** What the proxy earned on top. */
  readonly feeNanotons: Nanotons;
};

export type UnsignedReceipt = ReceiptFields & ReceiptAmounts;

export type Receipt = UnsignedReceipt & {
  /** 64 bytes, by the worker's identity key. */
  readonly signature: Uint8Array;
};

/** A receipt's name: the request id in hex, 32 digits. */
export function receiptId(receipt: { readonly requestId: Uint8Array }): string {
  return toHex(receipt.requestId);
}
