// An account as a state of the chain has it.

import { type Cell, loadAccount } from "@ton/core";
import { type Nanotons, nanotons } from "@cocoon/protocol";
import { rawAddress } from "@cocoon/contracts";
import { hashOf, invalid, open } from "./cells.ts";

/** An account of TON: what it holds and is. */
export type TonAccount = {
  readonly balance: Nanotons;
  readonly status: "active" | "uninitialized" | "frozen";
  /** Of an active account alone, as data is. */
  readonly code: Cell | undefined;
  readonly data: Cell | undefined;
  /** Logical time of the newest transaction; 0 when there is none. */
  readonly lastLt: bigint;
  /** Hash of the newest transaction, lower-case hex; undefined when there is none. */
  readonly lastHash: string | undefined;
};

/** An account that the chain does not have. */
export const absentAccount: TonAccount = {
  balance: nanotons(0n),
  status: "uninitialized",
  code: undefined,
  data: undefined,
  lastLt: 0n,
  lastHash: undefined,
};

/** What the accounts' dictionary says of one: hash of its cell, and its newest transaction. */
export type AccountDescription = {
  readonly accountHash: string;
  readonly lastHash: string;
  readonly lastLt: bigint;
};

/** Reads an account's cell (block.tlb, Account). Throws account_proof_invalid when it is another's. */
export function readAccount(
  cell: Cell | undefined,
  address: string,
  { accountHash, lastHash, lastLt }: AccountDescription,
): TonAccount {
  if (cell === undefined || hashOf(cell) !== accountHash) throw invalid("another account state");
  const slice = open(cell);
  if (!slice.loadBit()) return { ...absentAccount, lastLt, lastHash };
  const { addr, storage } = loadAccount(slice);
  if (rawAddress(addr) !== address) throw invalid("another account");
  const active = storage.state.type === "active" ? storage.state.state : undefined;
  return {
    balance: nanotons(storage.balance.coins),
    status: storage.state.type === "uninit" ? "uninitialized" : storage.state.type,
    code: active?.code ?? undefined,
    data: active?.data ?? undefined,
    lastLt,
    lastHash,
  };
}
