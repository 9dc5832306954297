// Fixed layouts: big-endian integers and byte strings, read strictly to the last byte.

import { concatBytes, equalBytes } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";

/** Writes fields one after another; integers big-endian. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  /** Writes an unsigned integer of 1 to 8 bytes. A value out of range is a bug of the caller. */
  uint(value: number | bigint, sizeBytes: number): this {
    return typeof value === "number" && sizeBytes <= 8
      ? this.bytes(bytesOfNumber(value, sizeBytes))
      : this.#uintBig(value, sizeBytes);
  }

  #uintBig(value: number | bigint, sizeBytes: number): this {
    let rest = BigInt(value);
    if (rest < 0n || rest >= 1n << BigInt(8 * sizeBytes)) {
      throw new RangeError(`integer does not fit ${sizeBytes} bytes`);
    }
    const field = new Uint8Array(sizeBytes);
    for (let index = sizeBytes - 1; index >= 0; index -= 1) {
      field[index] = Number(rest & 255n);
      rest >>= 8n;
    }
    return this.bytes(field);
  }

  /** Writes a signed integer in two's complement. */
  int(value: number, sizeBytes: number): this {
    return this.uint(BigInt.asUintN(8 * sizeBytes, BigInt(value)), sizeBytes);
  }

  bytes(field: Uint8Array): this {
    this.#parts.push(field);
    return this;
  }

  /** Writes bytes that must have exactly this length; another length is a bug of the caller. */
  fixed(field: Uint8Array, sizeBytes: number): this {
    if (field.length !== sizeBytes) throw new RangeError(`field is not ${sizeBytes} bytes`);
    return this.bytes(field);
  }

  finish(): Uint8Array {
    return concatBytes(...this.#parts);
  }
}

/** Without a bigint: most fields are small numbers. */
function bytesOfNumber(value: number, sizeBytes: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** sizeBytes) {
    throw new RangeError(`integer does not fit ${sizeBytes} bytes`);
  }
  const field = new Uint8Array(sizeBytes);
  let rest = value;
  for (let index = sizeBytes - 1; rest > 0; index -= 1) {
    field[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return field;
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
    if (sizeBytes > this.remaining) throw new CocoonError(this.#code, { reason: "too short" });
    const field = this.#bytes.subarray(this.#offset, this.#offset + sizeBytes);
    this.#offset += sizeBytes;
    return field;
  }

  /** An unsigned integer of up to 6 bytes, exact as a number. */
  uint(sizeBytes: 1 | 2 | 3 | 4 | 5 | 6): number {
    let value = 0;
    for (const byte of this.bytes(sizeBytes)) value = value * 256 + byte;
    return value;
  }

  /** An unsigned integer of any size. */
  uintBig(sizeBytes: number): bigint {
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
    const value = this.uintBig(8);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new CocoonError(this.#code, { reason: "integer too large" });
    }
    return Number(value);
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
}
