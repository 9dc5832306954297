import { Cell } from "@ton/core";

/** The code of a contract as it is deployed. Its hash is pinned: a test compiles the source and compares. */
export type ContractCode = {
  readonly cell: Cell;
  /** Hash of the code cell, lower-case hex. */
  readonly hash: string;
};

/** What a deployment carries. Its hash is the contract's address. */
export type ContractInit = { readonly code: Cell; readonly data: Cell };

export function contractCode(compiled: {
  readonly boc: string;
  readonly hash: string;
}): ContractCode {
  return { cell: Cell.fromBase64(compiled.boc), hash: compiled.hash };
}
