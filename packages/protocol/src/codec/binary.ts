// Fixed layouts: big-endian integers and byte strings, read strictly to the last byte.

import { equalBytes } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";

/** An integer of 8 bytes on its way between a bigint and a field. */
const word = new Uint8Array(8);
const wordView = new DataView(word.buffer);

/** Writes fields one after another; integers big-endian. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** Takes as many bytes as there is room for without growing. */
  constructor(sizeBytes = 64) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  /** Writes an unsigned integer of 1 to 8 bytes. A value out of range is a bug of the caller. */
  uint(value: number | bigint, sizeBytes: number): this {
    if (typeof value === "bigint") return this.#uintBig(value, sizeBytes);
    if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** sizeBytes) {
      throw new RangeError(`integer does not fit ${sizeBytes} bytes`);
    }
    const start = this.#grow(sizeBytes);
    let rest = value;
    for (let index = this.#length - 1; index >= start && rest > 0; index -= 1) {
      this.#bytes[index] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  #uintBig(value: bigint, sizeBytes: number): this {
    if (value !== BigInt.asUintN(8 * sizeBytes, value)) {
      throw new RangeError(`integer does not fit ${sizeBytes} bytes`);
    }
    if (sizeBytes === word.length) {
      wordView.setBigUint64(0, value);
      return this.bytes(word);
    }
    const start = this.#grow(sizeBytes);
    let rest = value;
    for (let index = this.#length - 1; index >= start; index -= 1) {
      this.#bytes[index] = Number(rest & 255n);
      rest >>= 8n;
    }
    return this;
  }

  /** Writes a signed integer in two's complement. */
  int(value: number, sizeBytes: number): this {
    return this.uint(BigInt.asUintN(8 * sizeBytes, BigInt(value)), sizeBytes);
  }

  bytes(field: Uint8Array): this {
    const start = this.#grow(field.length);
    this.#bytes.set(field, start);
    return this;
  }

  /** Writes bytes that must have exactly this length; another length is a bug of the caller. */
  fixed(field: Uint8Array, sizeBytes: number): this {
    if (field.length !== sizeBytes) throw new RangeError(`field is not ${sizeBytes} bytes`);
    return this.bytes(field);
  }

  finish(): Uint8Array {
    const isFull = this.#length === this.#bytes.length;
    return isFull ? this.#bytes : this.#bytes.slice(0, this.#length);
  }

  /** Makes room for a field of zeros. Returns where it starts. */
  #grow(sizeBytes: number): number {
    const start = this.#length;
    this.#length += sizeBytes;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return start;
  }
}

/** Reads fields one after another; every shortfall throws the code given by the caller. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #code: ErrorCode;
  #offset = 0;

  constructor(bytes: Uint8Array, code: ErrorCode) {
    this.#bytes = bytes;
    this.#code = code;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** A copy-free view of the next bytes. */
  bytes(sizeBytes: number): Uint8Array {
    const start = this.#skip(sizeBytes);
    return this.#bytes.subarray(start, this.#offset);
  }

  /** An unsigned integer of up to 6 bytes, exact as a number. */
  uint(sizeBytes: 1 | 2 | 3 | 4 | 5 | 6): number {
    let value = 0;
    for (let index = this.#skip(sizeBytes); index < this.#offset; index += 1) {
      value = value * 256 + (this.#bytes[index] ?? 0);
    }
    return value;
  }

  /** An unsigned integer of any size. */
  uintBig(sizeBytes: number): bigint {
    if (sizeBytes === 8) {
      word.set(this.bytes(8));
      return wordView.getBigUint64(0);
    }
    let value = 0n;
    for (const byte of this.bytes(sizeBytes)) value = value * 256n + BigInt(byte);
    return value;
  }

  /** A signed integer in two's complement. */
  int(sizeBytes: number): number {
    return Number(BigInt.asIntN(8 * sizeBytes, this.uintBig(sizeBytes)));
  }

  /** A u64 that must be exact as a number, such as a time in milliseconds. */
  uint64AsNumber(): number {
    const value = this.uint(4) * 2 ** 32 + this.uint(4);
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new CocoonError(this.#code, { reason: "integer too large" });
    }
    return value;
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.remaining !== 0) throw new CocoonError(this.#code, { reason: "trailing bytes" });
  }

  /** Throws unless the next bytes are these. */
  expect(magic: Uint8Array): void {
    if (!equalBytes(this.bytes(magic.length), magic)) {
      throw new CocoonError(this.#code, { reason: "wrong magic" });
    }
  }

  /** Passes over the next bytes. Returns where they start. */
  #skip(sizeBytes: number): number {
    if (sizeBytes > this.remaining) throw new CocoonError(this.#code, { reason: "too short" });
    const start = this.#offset;
    this.#offset += sizeBytes;
    return start;
  }
}
