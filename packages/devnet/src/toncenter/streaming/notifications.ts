// What streams tell, in the shapes of toncenter's streaming API v2.

import { Cell, loadTransaction } from "@ton/core";
import { type Ledger, messagesOf, type TransactionRow } from "../../ledger/index.ts";
import { normalizedHash } from "../contracts.ts";
import type { Json } from "../shapes.ts";
import { statusOf } from "../v3/accounts.ts";
import { hashOf, indexedAddress } from "../v3/shapes.ts";
import { viewRow } from "../v3/transaction-view.ts";
import type { Finality } from "./subscription.ts";

/** Transactions of one trace, newest first. There must be one. */
export async function transactionsEvent(
  ledger: Ledger,
  rows: readonly TransactionRow[],
  finality: Finality,
): Promise<Json> {
  return {
    type: "transactions",
    finality,
    trace_external_hash_norm: await traceName(ledger, rows),
    transactions: await Promise.all(rows.map((row) => viewRow(ledger, row))),
  };
}

/** The state is that of now, which may be newer than the transaction; its hash is the transaction's. */
export async function stateChange(
  ledger: Ledger,
  row: TransactionRow,
  finality: Finality,
): Promise<Json> {
  const { boc } = await ledger.transaction(row);
  const { stateUpdate } = loadTransaction(Cell.fromBase64(boc).beginParse());
  const account = ledger.account(row.account);
  return {
    type: "account_state_change",
    finality,
    account: indexedAddress(row.account),
    state: {
      hash: stateUpdate.newHash.toString("base64"),
      balance: account.balanceNanotons.toString(),
      account_status: statusOf(account),
      data_hash: hashOf(account.data),
      code_hash: hashOf(account.code),
    },
  };
}

/** The normalized hash of the message from outside; of minted money, whose message is internal, the plain one. */
async function traceName(
  ledger: Ledger,
  [row]: readonly TransactionRow[],
): Promise<string | undefined> {
  const [first] = row === undefined ? [] : ledger.history.cascadeOf(row);
  if (first === undefined) return undefined;
  const { incoming } = messagesOf(Cell.fromBase64((await ledger.transaction(first)).boc));
  if (incoming === undefined) return undefined;
  // An external message begins with the bits 10.
  const isExternal = incoming.beginParse().loadUint(2) === 2;
  return (isExternal ? normalizedHash(incoming) : incoming.hash()).toString("base64");
}
