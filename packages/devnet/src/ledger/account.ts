// An account's state as a bag of cells, and what the outside wants to know of it.

import type { RawAddress } from "@cocoon/protocol";
import { Address, beginCell, Cell, loadShardAccount, storeShardAccount } from "@ton/core";

export type AccountView = {
  readonly balanceNanotons: bigint;
  readonly phase: "active" | "frozen" | "uninitialized";
  /** Of an active account alone, as the next. */
  readonly code?: Cell;
  readonly data?: Cell;
  /** Hash of the state that a frozen account had, 64 hex digits. */
  readonly frozenHash?: string;
  /** 0 when there is none. */
  readonly lastLt: bigint;
  /** 64 hex digits, zeros when there is none. */
  readonly lastHash: string;
};

/** Base64 of the `ShardAccount` (block.tlb) of an address that was never used. */
export function unusedAccount(address: RawAddress): string {
  const account = {
    addr: Address.parseRaw(address),
    storage: {
      lastTransLt: 0n,
      balance: { coins: 0n },
      state: { type: "uninit" as const },
    },
    storageStats: { used: { cells: 0n, bits: 0n }, lastPaid: 0, storageExtra: null },
  };
  const shardAccount = { account, lastTransactionHash: 0n, lastTransactionLt: 0n };
  return beginCell().store(storeShardAccount(shardAccount)).endCell().toBoc().toString("base64");
}

/** Reads a stored account. */
export function viewAccount(boc: string): AccountView {
  const { account, lastTransactionHash, lastTransactionLt } = loadShardAccount(
    Cell.fromBase64(boc).beginParse(),
  );
  return {
    balanceNanotons: account?.storage.balance.coins ?? 0n,
    lastLt: lastTransactionLt,
    lastHash: hexOf(lastTransactionHash),
    ...phaseOf(account?.storage.state),
  };
}

type StoredState = NonNullable<ReturnType<typeof loadShardAccount>["account"]>["storage"]["state"];

function phaseOf(
  state: StoredState | undefined,
): Pick<AccountView, "phase" | "code" | "data" | "frozenHash"> {
  switch (state?.type) {
    case "active": {
      const { code, data } = state.state;
      return { phase: "active", ...(code && { code }), ...(data && { data }) };
    }
    case "frozen":
      return { phase: "frozen", frozenHash: hexOf(state.stateHash) };
    case "uninit":
    case undefined:
      return { phase: "uninitialized" };
  }
}

function hexOf(hash: bigint): string {
  return hash.toString(16).padStart(64, "0");
}
