// What a proxy knows of one request from the bytes that pass: hashes, counts, times. It can't read them.

import {
  type Ask,
  CocoonError,
  fromHex,
  type HashStream,
  matchReceipt,
  type Offer,
  primitives,
  type PublicPart,
  type Receipt,
  readPublicHeader,
  requireFreshRequest,
  toHex,
  verifyReceipt,
} from "@cocoon/protocol";
import type { ConnectedWorker } from "./workers.ts";

export class Transit {
  readonly #ask: Ask;
  readonly #offer: Offer;
  readonly #worker: ConnectedWorker;
  readonly #requestHash: HashStream = primitives.sha256Stream();
  readonly #answerHash: HashStream = primitives.sha256Stream();
  #public: PublicPart | undefined;
  /** Messages of the answer, the head included. */
  #answerMessages = 0;

  constructor(ask: Ask, offer: Offer, worker: ConnectedWorker) {
    this.#ask = ask;
    this.#offer = offer;
    this.#worker = worker;
  }

  /** Request id, hex, once the first bytes have passed. */
  get request(): string | undefined {
    return this.#public === undefined ? undefined : toHex(this.#public.requestId);
  }

  /** Throws network_mismatch or sealed_expired: a worker would refuse it, and the client is told at once. */
  requireTimely(networkId: number, nowMs: number): void {
    if (this.#public === undefined) throw new CocoonError("sealed_truncated");
    if (this.#public.header.networkId !== networkId) throw new CocoonError("network_mismatch");
    requireFreshRequest(this.#public, nowMs);
  }

  /** Takes a piece of the sealed request. The first must hold the whole public part, with the terms that were offered. */
  down(piece: Uint8Array): void {
    if (this.#public === undefined) {
      this.#public = readPublicHeader(piece);
      this.#checkTerms(this.#public);
    }
    this.#requestHash.update(piece);
  }

  /** Takes the answer's head or one of its chunks. */
  up(piece: Uint8Array): void {
    this.#answerHash.update(piece);
    this.#answerMessages += 1;
  }

  /** Verifies the worker's receipt against everything that passed. Throws receipt_* codes. */
  verify(bytes: Uint8Array): Receipt {
    const receipt = verifyReceipt(bytes, this.#worker.attested.claims.identityKey);
    const sealed = this.#public;
    if (sealed === undefined) throw new CocoonError("receipt_mismatch", { field: "requestId" });
    matchReceipt(receipt, {
      requestId: sealed.requestId,
      headerHash: sealed.headerHash,
      claimsHash: hashOf(this.#offer.claimsHash),
      manifestHash: hashOf(this.#ask.model),
      channel: this.#ask.channel,
      sequence: sealed.header.sequence,
      tier: this.#worker.attested.tier,
      terms: this.#offer,
      requestHash: this.#requestHash.digest(),
      answerHash: this.#answerHash.digest(),
      chunkCount: this.#answerMessages - 1,
    });
    const { promptTokens, completionTokens } = receipt.usage;
    if (promptTokens + completionTokens > this.#ask.tokensMax) {
      throw new CocoonError("receipt_mismatch", { field: "usage" });
    }
    return receipt;
  }

  #checkTerms(sealed: PublicPart): void {
    const { header } = sealed;
    const same =
      header.manifestHash === this.#ask.model &&
      header.tier === this.#ask.tier &&
      header.tokensMax === this.#ask.tokensMax &&
      header.channel === this.#ask.channel &&
      header.claimsHash === this.#offer.claimsHash &&
      sameTerms(header, this.#offer);
    if (!same) throw new CocoonError("offer_mismatch");
  }
}

type ComparedTerms = Pick<Offer, "promptPerMillion" | "completionPerMillion" | "feeBps">;

function sameTerms(left: ComparedTerms, right: ComparedTerms): boolean {
  return (
    left.promptPerMillion === right.promptPerMillion &&
    left.completionPerMillion === right.completionPerMillion &&
    left.feeBps === right.feeBps
  );
}

function hashOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
