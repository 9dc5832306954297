// The part of toncenter's API v3 that wallets and watchers call. The shapes follow its public documentation
// (docs.ton.org, "API v3"); what is imitated and what is not stands in docs/devnet.md.

import type { TupleItem } from "@ton/core";
import type { Ledger } from "../../ledger/index.ts";
import { exitCodeNoCode, methodOf, sendBocReturnHash } from "../contracts.ts";
import type { Method } from "../methods.ts";
import { type Params, refuse } from "../params.ts";
import type { Json } from "../shapes.ts";
import { pairOf, parseStack } from "../stack.ts";
import { accountStates, walletInformation, walletStates } from "./accounts.ts";
import { indexedBlock, noBookNorMetadata } from "./shapes.ts";
import { traces } from "./traces.ts";
import { transactions, transactionsByMessage } from "./transactions.ts";

/** By verb and path. */
export const indexedMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["GET /api/v3/masterchainInfo", masterchainInfo],
  ["GET /api/v3/transactions", transactions],
  ["GET /api/v3/transactionsByMessage", transactionsByMessage],
  ["GET /api/v3/traces", traces],
  ["GET /api/v3/accountStates", accountStates],
  ["GET /api/v3/walletStates", walletStates],
  ["GET /api/v3/walletInformation", walletInformation],
  ["GET /api/v3/jetton/wallets", jettonWallets],
  ["POST /api/v3/message", sendMessage],
  ["POST /api/v3/runGetMethod", runGetMethod],
]);

function masterchainInfo(ledger: Ledger): Json {
  const [first = ledger.lastBlock] = ledger.history.blocks;
  return { last: indexedBlock(ledger.lastBlock), first: indexedBlock(first) };
}

/** There are no jettons here. */
function jettonWallets(): Json {
  return { jetton_wallets: [], ...noBookNorMetadata };
}

async function sendMessage(ledger: Ledger, params: Params): Promise<Json> {
  const sent = await sendBocReturnHash(ledger, params);
  return { message_hash: sent["hash"], message_hash_norm: sent["hash_norm"] };
}

async function runGetMethod(ledger: Ledger, params: Params): Promise<Json> {
  const stack = parseStack(pairsOf(params.unknown("stack") ?? []));
  const output = await ledger.runGetMethod(params.address("address"), methodOf(params), stack);
  return {
    gas_used: output?.gasUsed ?? 0,
    exit_code: output?.exitCode ?? exitCodeNoCode,
    stack: output?.stack.map(viewItem) ?? [],
  };
}

/** v3 writes an item as an object, not as a pair. */
function pairsOf(stack: unknown): unknown {
  if (!Array.isArray(stack)) throw refuse("stack");
  return stack.map((item: unknown) => {
    if (typeof item !== "object" || item === null || !("type" in item)) throw refuse("stack");
    return [item.type, "value" in item ? item.value : undefined];
  });
}

function viewItem(item: TupleItem): Json {
  switch (item.type) {
    case "int":
    case "nan":
      return { type: "num", value: pairOf(item)[1] };
    case "cell":
    case "slice":
    case "builder":
      return { type: item.type, value: item.cell.toBoc().toString("base64") };
    case "tuple":
      return { type: "tuple", value: item.items.map(viewItem) };
    case "null":
      return { type: "list", value: [] };
  }
}
