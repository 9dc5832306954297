// What only a devnet can do: money out of nothing and time travel.

import { faucetAddress, type Ledger } from "../ledger/index.ts";
import type { Method } from "./methods.ts";
import { type Params, refuse } from "./params.ts";
import { nanotonsMax } from "@cocoon/protocol";

export const controls: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["GET /devnet", status],
  ["POST /devnet/faucet", faucet],
  ["POST /devnet/time", advanceTime],
]);

function status(ledger: Ledger): unknown {
  return {
    network_id: ledger.networkId,
    now: ledger.nowSeconds(),
    last_seqno: ledger.lastBlock.seqno,
    transactions: ledger.history.rows.length,
    minted: ledger.minted.toString(),
    faucet: faucetAddress,
  };
}

async function faucet(ledger: Ledger, params: Params): Promise<unknown> {
  await ledger.mint(params.address("address"), amountOf(params));
  return {};
}

function amountOf(params: Params): bigint {
  const amount = params.bigint("nanotons");
  if (amount === undefined || amount === 0n || amount > nanotonsMax) throw refuse("nanotons");
  return amount;
}

async function advanceTime(ledger: Ledger, params: Params): Promise<unknown> {
  await ledger.advanceTime(params.integer("advanceSeconds"));
  return { now: ledger.nowSeconds() };
}
