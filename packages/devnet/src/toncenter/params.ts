// Parameters as toncenter's clients send them: JSON or a query string, numbers as numbers or as texts, addresses
// and hashes in any of their forms. Everything here throws request_malformed.

import { CocoonError, fromBase64, fromHex, type RawAddress, toHex } from "@cocoon/protocol";
import { Address, type Cell } from "@ton/core";
import { parseBoc } from "../ledger/index.ts";

export class Params {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  /** The same with one more. */
  with(name: string, value: string): Params {
    return new Params({ ...this.#fields, [name]: value });
  }

  /** Whether a parameter is given; an empty text is as good as none. */
  has(name: string): boolean {
    const value = this.#fields[name];
    return value !== undefined && value !== null && value !== "";
  }

  unknown(name: string): unknown {
    return this.#fields[name];
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== "string") throw refuse(name);
    return value;
  }

  /** A whole number of at most 15 digits. */
  integer(name: string): number {
    const value = this.#decimal(name);
    if (!/^-?\d{1,15}$/.test(value)) throw refuse(name);
    return Number(value);
  }

  /** A whole number from 1 up, or the default when absent. */
  count(name: string, defaultCount: number, countMax: number): number {
    if (!this.has(name)) return defaultCount;
    const count = this.integer(name);
    if (count < 1 || count > countMax) throw refuse(name);
    return count;
  }

  boolean(name: string, defaultValue: boolean): boolean {
    if (!this.has(name)) return defaultValue;
    const value = String(this.#fields[name]);
    if (value !== "true" && value !== "false") throw refuse(name);
    return value === "true";
  }

  /** A logical time or an amount, or undefined when absent. */
  bigint(name: string): bigint | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#decimal(name);
    if (!/^\d{1,20}$/.test(value)) throw refuse(name);
    return BigInt(value);
  }

  /** One value or many, as a list; empty when absent. */
  list(name: string, countMax: number): readonly string[] {
    if (!this.has(name)) return [];
    const value = this.#fields[name];
    const items: readonly unknown[] = Array.isArray(value) ? value : String(value).split(",");
    if (items.length > countMax) throw refuse(name);
    return items.map((item) => {
      if (typeof item !== "string") throw refuse(name);
      return item;
    });
  }

  addresses(name: string, countMax: number): readonly RawAddress[] {
    return this.list(name, countMax).map((text) => parseAnyAddress(text).address.toRawString());
  }

  address(name: string): RawAddress {
    return parseAnyAddress(this.text(name)).address.toRawString();
  }

  /** A hash as hex digits, or undefined when absent. */
  hash(name: string): string | undefined {
    if (!this.has(name)) return undefined;
    const text = this.text(name);
    const bytes = fromHex(text) ?? fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
    if (bytes?.length !== 32) throw refuse(name);
    return toHex(bytes);
  }

  /** Bytes in base64. */
  bytes(name: string): Uint8Array {
    const bytes = fromBase64(this.text(name));
    if (bytes === undefined || bytes.length === 0) throw refuse(name);
    return bytes;
  }

  /** A bag of cells in base64, with one root. */
  cell(name: string): Cell {
    return parseBoc(this.bytes(name));
  }

  #decimal(name: string): string {
    const value = this.#fields[name];
    return typeof value === "number" || typeof value === "string" ? String(value) : "";
  }
}

/** An address, and in which form it was written. */
export type WrittenAddress = {
  readonly address: Address;
  readonly form: "raw_form" | "friendly_bounceable" | "friendly_non_bounceable";
  readonly isTestOnly: boolean;
};

/** Reads an address in any form. */
export function parseAnyAddress(text: string): WrittenAddress {
  try {
    if (!Address.isFriendly(text)) {
      return { address: Address.parseRaw(text), form: "raw_form", isTestOnly: false };
    }
    const { address, isBounceable, isTestOnly } = Address.parseFriendly(text);
    const form = isBounceable ? "friendly_bounceable" : "friendly_non_bounceable";
    return { address, form, isTestOnly };
  } catch {
    throw refuse("address");
  }
}

export function refuse(field: string): CocoonError {
  return new CocoonError("request_malformed", { field });
}
