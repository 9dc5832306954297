// Getter results come from an endpoint that nobody vouches for: every surprise is contract_unexpected.

import { type Cell, type TupleItem, TupleReader } from "@ton/core";
import {
  ByteWriter,
  CocoonError,
  type Nanotons,
  nanotons,
  type RawAddress,
} from "@cocoon/protocol";
import { rawAddress } from "./address.ts";

/** What a get method returned, first entry first. */
export type GetterStack = readonly TupleItem[];

/** Reads a get method's stack to its end. Whatever is wrong with it throws contract_unexpected. */
export function readStack<Value>(
  getter: string,
  stack: GetterStack,
  read: (reader: StackReader) => Value,
): Value {
  try {
    const reader = new StackReader(stack);
    const value = read(reader);
    reader.end();
    return value;
  } catch (cause) {
    throw new CocoonError("contract_unexpected", { getter }, { cause });
  }
}

/** Typed reads of a stack. They throw any Error; readStack turns it into the one code. */
export class StackReader {
  readonly #tuple: TupleReader;

  constructor(stack: GetterStack) {
    this.#tuple = new TupleReader([...stack]);
  }

  uint(max: number): number {
    const value = this.#tuple.readBigNumber();
    if (value < 0n || value > BigInt(max)) throw new RangeError("integer out of range");
    return Number(value);
  }

  uint32(): number {
    return this.uint(2 ** 32 - 1);
  }

  uint64(): bigint {
    const value = this.#tuple.readBigNumber();
    if (BigInt.asUintN(64, value) !== value) throw new RangeError("integer out of range");
    return value;
  }

  nanotons(): Nanotons {
    return nanotons(this.#tuple.readBigNumber());
  }

  bytes32(): Uint8Array {
    return new ByteWriter().uint(this.#tuple.readBigNumber(), 32).finish();
  }

  address(): RawAddress {
    return rawAddress(this.#tuple.readAddress());
  }

  cell(): Cell {
    return this.#tuple.readCell();
  }

  /** Undefined when the entry is null. */
  optionalCell(): Cell | undefined {
    return this.#tuple.readCellOpt() ?? undefined;
  }

  end(): void {
    if (this.#tuple.remaining !== 0) throw new RangeError("more entries than expected");
  }
}
