// What a proxy knows of one worker's answer from the bytes that pass: hash and count. It can't read them.

import {
  CocoonError,
  fromHex,
  type HashStream,
  matchReceipt,
  primitives,
  type Receipt,
  recipientTerms,
  verifyReceipt,
} from "@cocoon/protocol";
import type { Upload } from "./upload.ts";

export class Transit {
  readonly #upload: Upload;
  /** Which of the request's recipients. */
  readonly #turn: number;
  readonly #answerHash: HashStream = primitives.sha256Stream();
  /** Messages of the answer, the head included. */
  #answerMessages = 0;

  constructor(upload: Upload, turn: number) {
    this.#upload = upload;
    this.#turn = turn;
  }

  /** Takes the answer's head or one of its chunks. */
  up(piece: Uint8Array): void {
    this.#answerHash.update(piece);
    this.#answerMessages += 1;
  }

  /** Verifies the worker's receipt against everything that passed. Throws receipt_* codes. */
  verify(bytes: Uint8Array): Receipt {
    const { ask, publicPart, recipients, requestHash } = this.#upload;
    const worker = recipients[this.#turn]?.worker;
    if (worker === undefined) throw new CocoonError("receipt_mismatch", { field: "claimsHash" });
    const receipt = verifyReceipt(bytes, worker.attested.claims.identityKey);
    const { header, headerHash, requestId } = publicPart;
    const terms = recipientTerms(header, this.#turn);
    matchReceipt(receipt, {
      requestId,
      headerHash,
      claimsHash: hashOf(terms.claimsHash),
      manifestHash: hashOf(ask.model),
      channel: ask.channel,
      sequence: header.sequence,
      tier: worker.attested.tier,
      terms,
      requestHash,
      answerHash: this.#answerHash.digest(),
      chunkCount: this.#answerMessages - 1,
    });
    const { promptTokens, completionTokens } = receipt.usage;
    if (promptTokens + completionTokens > ask.tokensMax) {
      throw new CocoonError("receipt_mismatch", { field: "usage" });
    }
    return receipt;
  }
}

function hashOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
