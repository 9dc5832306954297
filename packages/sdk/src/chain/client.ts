// The chain as the SDK sees it: any list of toncenter-v2 endpoints, one error for each kind of failure.

import { Cell, type TupleItem } from "@ton/core";
import type { TonClient } from "@ton/ton";
import {
  CocoonError,
  fromHex,
  type Nanotons,
  nanotons,
  type RawAddress,
  toBase64,
} from "@cocoon/protocol";
import { exitCodeName, type GetterStack, tonAddress } from "@cocoon/contracts";
import { type Clock, systemClock } from "./clock.ts";
import { createEndpoint, type Endpoint, endpointFailure } from "./endpoint.ts";
import { type ChainTransaction, readTransaction } from "./transaction.ts";

/** An account as an endpoint last saw it. */
export type ChainAccount = {
  readonly balance: Nanotons;
  readonly status: "active" | "uninitialized" | "frozen";
  /** Lower-case hex; undefined where there is no code. */
  readonly codeHash: string | undefined;
  /** Logical time of the newest transaction; 0 when there is none. */
  readonly lastLt: bigint;
  /** Hash of the newest transaction, lower-case hex; undefined when there is none. */
  readonly lastHash: string | undefined;
  /** The chain's clock at this view, Unix seconds. */
  readonly seenAtSeconds: number;
};

/** A transaction's name on its account. A page of history starts just before the one that is named. */
export type HistoryCursor = Pick<ChainTransaction, "lt" | "hash">;

/** Throws chain_unavailable from all of its methods, and network_mismatch from the first use of an endpoint. */
export type ChainClient = {
  readonly networkId: number;
  readonly clock: Clock;
  /** How often waiting asks again. */
  readonly pollMs: number;
  readonly masterchain: () => Promise<{ readonly seqno: number }>;
  readonly account: (address: RawAddress) => Promise<ChainAccount>;
  /** Runs a get method. Throws contract_unexpected when the account has no such method or it fails. */
  readonly get: (
    address: RawAddress,
    method: string,
    stack?: readonly TupleItem[],
  ) => Promise<GetterStack>;
  /** A page of an account's history, newest first. */
  readonly transactions: (
    address: RawAddress,
    page: { readonly limit: number; readonly before?: HistoryCursor },
  ) => Promise<readonly ChainTransaction[]>;
  /** The one transaction with this name; undefined, or chain_unavailable, when the endpoint has none. */
  readonly transaction: (
    address: RawAddress,
    name: HistoryCursor,
  ) => Promise<ChainTransaction | undefined>;
  /**
   * Hands an external message, a whole message cell, to the network. Throws transaction_failed when the account
   * refuses it, with `certain: false` when an endpoint before that may have taken it.
   */
  readonly sendExternal: (message: Cell) => Promise<void>;
};

export type ChainClientOptions = {
  /** JSON-RPC URLs, the preferred first: ".../api/v2/jsonRPC". */
  readonly endpoints: readonly string[];
  /** TON global id that all of them must serve. */
  readonly networkId: number;
  readonly requestTimeoutMs: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default 500: blocks come every 400 ms on the main network. */
  readonly pollMs?: number;
};

/** Creates a client; nothing is sent yet. An empty list of endpoints is a bug of the caller. */
export function createChainClient(options: ChainClientOptions): ChainClient {
  const { networkId, requestTimeoutMs, clock = systemClock, pollMs = 500 } = options;
  const endpoints = new EndpointList(
    options.endpoints.map((url) => createEndpoint(url, networkId, requestTimeoutMs)),
  );
  return {
    networkId,
    clock,
    pollMs,
    masterchain: () =>
      endpoints.ask(async (client) => {
        const { latestSeqno } = await client.getMasterchainInfo();
        return { seqno: latestSeqno };
      }),
    account: (address) => endpoints.ask((client) => fetchAccount(client, address)),
    get: async (address, method, stack = []) => {
      const result = await endpoints.ask((client) =>
        client.runMethodWithError(tonAddress(address), method, [...stack]),
      );
      const exitCode = result.exit_code;
      if (exitCode !== 0) throw new CocoonError("contract_unexpected", { method, exitCode });
      const items: TupleItem[] = [];
      while (result.stack.remaining > 0) items.push(result.stack.pop());
      return items;
    },
    transactions: (address, page) =>
      endpoints.ask((client) => fetchTransactions(client, address, page)),
    transaction: (address, name) =>
      endpoints.ask((client) => fetchTransaction(client, address, name)),
    sendExternal: (message) => endpoints.ask((client) => client.sendFile(message.toBoc())),
  };
}

/** Asks one endpoint after another, starting with the one that answered last. */
class EndpointList {
  readonly #endpoints: readonly Endpoint[];
  #current = 0;

  constructor(endpoints: readonly Endpoint[]) {
    if (endpoints.length === 0) throw new RangeError("no endpoints");
    this.#endpoints = endpoints;
  }

  async ask<Value>(call: (client: TonClient) => Promise<Value>): Promise<Value> {
    const start = this.#current;
    let reason = "";
    for (let tried = 0; tried < this.#endpoints.length; tried += 1) {
      const index = (start + tried) % this.#endpoints.length;
      try {
        const value = await this.#askOne(index, call);
        this.#current = index;
        return value;
      } catch (error) {
        if (error instanceof CocoonError) throw error;
        const failure = endpointFailure(error);
        if (failure.rejected) throw rejection(failure.exitCode, tried === 0, error);
        reason = failure.reason;
      }
    }
    throw new CocoonError("chain_unavailable", { reason, endpoints: this.#endpoints.length });
  }

  async #askOne<Value>(index: number, call: (client: TonClient) => Promise<Value>): Promise<Value> {
    const endpoint = this.#endpoints[index];
    if (endpoint === undefined) throw new RangeError("no such endpoint");
    await endpoint.ready();
    return call(endpoint.client);
  }
}

function rejection(exitCode: number | undefined, certain: boolean, cause: unknown): CocoonError {
  const name = exitCode === undefined ? undefined : exitCodeName(exitCode);
  const details = {
    reason: "not accepted",
    certain,
    ...(exitCode !== undefined && { exitCode }),
    ...(name !== undefined && { name }),
  };
  return new CocoonError("transaction_failed", details, { cause });
}

async function fetchAccount(client: TonClient, address: RawAddress): Promise<ChainAccount> {
  const state = await client.getContractState(tonAddress(address));
  const [code] = state.code === null ? [] : Cell.fromBoc(state.code);
  const last = state.lastTransaction;
  return {
    balance: nanotons(state.balance),
    status: state.state,
    codeHash: code?.hash().toString("hex"),
    lastLt: BigInt(last?.lt ?? 0),
    lastHash: last === null ? undefined : Buffer.from(last.hash, "base64").toString("hex"),
    seenAtSeconds: state.timestampt,
  };
}

async function fetchTransactions(
  client: TonClient,
  address: RawAddress,
  page: { readonly limit: number; readonly before?: HistoryCursor },
): Promise<readonly ChainTransaction[]> {
  const { before, limit } = page;
  const cursor = before && wireName(before);
  const transactions = await client.getTransactions(tonAddress(address), { limit, ...cursor });
  return transactions.map((transaction) => readTransaction(address, transaction));
}

async function fetchTransaction(
  client: TonClient,
  address: RawAddress,
  name: HistoryCursor,
): Promise<ChainTransaction | undefined> {
  const { lt, hash } = wireName(name);
  const transaction = await client.getTransaction(tonAddress(address), lt, hash);
  return transaction === null ? undefined : readTransaction(address, transaction);
}

function wireName({ lt, hash }: HistoryCursor): { readonly lt: string; readonly hash: string } {
  return { lt: lt.toString(), hash: toBase64(fromHex(hash) ?? new Uint8Array()) };
}
