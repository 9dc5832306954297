// JSON from a stranger, read field by field. Nothing else in the protocol calls JSON.parse.

import { fromBase64, fromHex } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { nanotons, type Nanotons, nanotonsMax } from "../units/index.ts";
import { parseAddress, type RawAddress } from "./address.ts";

/** Parses a JSON text; throws the caller's code when it is not JSON. The text never reaches the error. */
export function parseJson(text: string, code: ErrorCode): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CocoonError(code, { reason: "not JSON" });
  }
}

/** Reads the fields of one JSON object; a missing or wrong field throws the caller's code and names it. */
export class JsonReader {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #code: ErrorCode;

  constructor(value: unknown, code: ErrorCode) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new CocoonError(code, { reason: "not an object" });
    }
    this.#object = value as Record<string, unknown>; // oxlint-disable-line no-unsafe-type-assertion -- checked above
    this.#code = code;
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined && this.#object[name] !== null;
  }

  /** All fields as they are, to pass on. */
  unknownFields(): Readonly<Record<string, unknown>> {
    return this.#object;
  }

  /** The field as it is. */
  unknown(name: string): unknown {
    return this.#object[name];
  }

  string(name: string, lengthMax = 4_096): string {
    const value = this.#object[name];
    if (typeof value !== "string" || value.length > lengthMax) this.#refuse(name);
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#object[name];
    if (typeof value !== "boolean") this.#refuse(name);
    return value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(name: string, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#object[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > max) {
      this.#refuse(name);
    }
    return value;
  }

  /** A whole number that may be negative. */
  int(name: string): number {
    const value = this.#object[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value)) this.#refuse(name);
    return value;
  }

  /** An amount, written as a decimal text because JSON numbers are not exact. */
  nanotons(name: string, max: bigint = nanotonsMax): Nanotons {
    const value = this.string(name, 20);
    if (!/^\d{1,20}$/.test(value) || BigInt(value) > max) this.#refuse(name);
    return nanotons(BigInt(value));
  }

  hex(name: string, sizeBytes: number): Uint8Array {
    const bytes = fromHex(this.string(name, 2 * sizeBytes));
    if (bytes?.length !== sizeBytes) this.#refuse(name);
    return bytes;
  }

  base64(name: string, sizeBytesMax: number): Uint8Array {
    const bytes = fromBase64(this.string(name, 4 * Math.ceil(sizeBytesMax / 3)));
    if (bytes === undefined || bytes.length > sizeBytesMax) this.#refuse(name);
    return bytes;
  }

  address(name: string): RawAddress {
    const value = this.string(name, 67);
    if (parseAddress(value) === undefined) this.#refuse(name);
    return value;
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.#object[name];
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) this.#refuse(name);
    return found;
  }

  object(name: string): JsonReader {
    return new JsonReader(this.#object[name], this.#code);
  }

  /** Each element of an array of objects. */
  objects(name: string, countMax: number): JsonReader[] {
    return this.array(name, countMax).map((element) => new JsonReader(element, this.#code));
  }

  array(name: string, countMax: number): readonly unknown[] {
    const value = this.#object[name];
    if (!Array.isArray(value) || value.length > countMax) this.#refuse(name);
    return value;
  }

  strings(name: string, countMax: number): string[] {
    return this.array(name, countMax).map((value) => {
      if (typeof value !== "string") this.#refuse(name);
      return value;
    });
  }

  #refuse(name: string): never {
    throw new CocoonError(this.#code, { field: name });
  }
}
