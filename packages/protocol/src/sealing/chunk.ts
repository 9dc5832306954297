// A stream of sealed chunks. Counter and final flag are authenticated, so that chunks cannot be dropped, repeated,
// reordered or cut off without notice. Spec section 4.4, integers big-endian:
//
//     size        3   bit 23: this chunk is the final one; the rest: size of the ciphertext
//     ciphertext      AES-256-GCM with its tag; nonce = base XOR counter (u64, in the last 8 bytes);
//                     associated data = header hash 32 || counter u64 || final u8

import { concatBytes } from "../bytes/index.ts";
import { ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";

/** Derived for one stream: no two streams share them. */
export type ChunkKeys = {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonceBase: Uint8Array;
};

export const chunkKeyBytes = 32;
export const chunkNonceBytes = 12;
const prefixBytes = 3;
const tagBytes = 16;
const finalBit = 0x80_0000;

/** The size on the wire of a chunk of so much plaintext. */
export function chunkBytes(plaintextBytes: number): number {
  return prefixBytes + plaintextBytes + tagBytes;
}

/** The first chunk of these bytes, prefix included. Throws sealed_truncated when it is not whole. */
export function takeChunk(bytes: Uint8Array): Uint8Array {
  const { size } = readPrefix(bytes);
  if (bytes.length < prefixBytes + size) throw new CocoonError("sealed_truncated");
  return bytes.subarray(0, prefixBytes + size);
}

/** Whether a chunk says that it is the final one. Only its recipient can tell whether that is true. */
export function isFinalChunk(chunk: Uint8Array): boolean {
  return readPrefix(chunk).isFinal;
}

/** Seals plaintexts one after another. */
export class ChunkSealer {
  readonly #keys: ChunkKeys;
  readonly #headerHash: Uint8Array;
  #counter = 0;
  #isDone = false;

  constructor(keys: ChunkKeys, headerHash: Uint8Array) {
    this.#keys = keys;
    this.#headerHash = headerHash;
  }

  /** Nothing can be sealed after the final chunk. */
  seal(plaintext: Uint8Array, isFinal: boolean): Uint8Array {
    if (this.#isDone) throw new RangeError("the final chunk was sealed");
    const { nonce, aad } = chunkParameters(this.#keys, this.#headerHash, this.#counter, isFinal);
    const ciphertext = primitives.aes256GcmSeal(this.#keys.key, nonce, aad, plaintext);
    this.#counter += 1;
    this.#isDone = isFinal;
    const prefix = new ByteWriter().uint(ciphertext.length + (isFinal ? finalBit : 0), prefixBytes);
    return concatBytes(prefix.finish(), ciphertext);
  }
}

/** Opens chunks in the order in which they were sealed. After its first failure it opens nothing more. */
export class ChunkOpener {
  readonly #keys: ChunkKeys;
  readonly #headerHash: Uint8Array;
  #counter = 0;
  #state: "open" | "done" | "failed" = "open";

  constructor(keys: ChunkKeys, headerHash: Uint8Array) {
    this.#keys = keys;
    this.#headerHash = headerHash;
  }

  /** Throws sealed_trailing after the final chunk, sealed_truncated, sealed_malformed or sealed_unopenable. */
  open(chunk: Uint8Array): { readonly plaintext: Uint8Array; readonly isFinal: boolean } {
    if (this.#state === "done") throw new CocoonError("sealed_trailing");
    if (this.#state === "failed") throw new CocoonError("sealed_unopenable");
    this.#state = "failed";
    const { isFinal } = readPrefix(chunk);
    if (takeChunk(chunk).length !== chunk.length) {
      throw new CocoonError("sealed_malformed", { field: "chunk" });
    }
    const { nonce, aad } = chunkParameters(this.#keys, this.#headerHash, this.#counter, isFinal);
    const ciphertext = chunk.subarray(prefixBytes);
    const plaintext = primitives.aes256GcmOpen(this.#keys.key, nonce, aad, ciphertext);
    if (plaintext === undefined) throw new CocoonError("sealed_unopenable");
    this.#counter += 1;
    this.#state = isFinal ? "done" : "open";
    return { plaintext, isFinal };
  }

  /** Throws sealed_truncated unless the final chunk was opened. */
  end(): void {
    if (this.#state !== "done") throw new CocoonError("sealed_truncated");
  }
}

function readPrefix(chunk: Uint8Array): { readonly size: number; readonly isFinal: boolean } {
  const [high, middle, low] = chunk;
  if (high === undefined || middle === undefined || low === undefined) {
    throw new CocoonError("sealed_truncated");
  }
  const prefix = high * 65_536 + middle * 256 + low;
  return { size: prefix % finalBit, isFinal: prefix >= finalBit };
}

function chunkParameters(
  keys: ChunkKeys,
  headerHash: Uint8Array,
  counter: number,
  isFinal: boolean,
): { readonly nonce: Uint8Array; readonly aad: Uint8Array } {
  const counterBytes = new ByteWriter().uint(counter, 8).finish();
  const nonce = Uint8Array.from(keys.nonceBase);
  for (const [index, byte] of counterBytes.entries()) {
    nonce[4 + index] = (nonce[4 + index] ?? 0) ^ byte;
  }
  return { nonce, aad: concatBytes(headerHash, counterBytes, Uint8Array.of(isFinal ? 1 : 0)) };
}
