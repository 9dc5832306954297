// The chain as the SDK sees it: any list of toncenter endpoints, one error for each kind of failure.

import type { Cell, TupleItem } from "@ton/core";
import { CocoonError, fromHex, networkIds, type RawAddress, toBase64 } from "@cocoon/protocol";
import type { GetterStack } from "@cocoon/contracts";
import type { TonAccount } from "../account/index.ts";
import { accountBatch, batchMax } from "./account-batch.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createEndpoint, type EndpointOptions } from "./endpoint.ts";
import { EndpointList } from "./endpoint-list.ts";
import { finalityBlocksOf } from "./finality.ts";
import { shareUntilSent } from "./share-until-sent.ts";
import type { Toncenter, WireName } from "./toncenter.ts";
import { createTrusted } from "./trusted-accounts.ts";
import { type ChainTransaction, readTransaction } from "./transaction.ts";
import { type OnChange, Watcher } from "./watch.ts";

/** An account as an endpoint last saw it. */
export type ChainAccount = TonAccount & {
  /** Lower-case hex; undefined where there is no code. */
  readonly codeHash: string | undefined;
  /** The chain's clock at this view, Unix seconds. */
  readonly seenAtSeconds: number;
};

/** An account that money depends on. */
export type TrustedAccount = ChainAccount & {
  /** False: it is what one endpoint says. */
  readonly isProven: boolean;
};

/** What the reads of money accounts rest on so far. */
export type ProofStanding = "unknown" | "proven" | "unproven";

/** A transaction's name on its account. A page of history starts just before the one that is named. */
export type HistoryCursor = Pick<ChainTransaction, "lt" | "hash">;

/** Throws chain_unavailable from all of its methods, and network_mismatch from the first use of an endpoint. */
export type ChainClient = {
  readonly networkId: number;
  readonly clock: Clock;
  /** How often waiting asks again. */
  readonly pollMs: number;
  /** By how many masterchain blocks a view must be old to be final: see waitForFinality(). */
  readonly finalityBlocks: number;
  readonly masterchain: () => Promise<{ readonly seqno: number }>;
  readonly account: (address: RawAddress) => Promise<ChainAccount>;
  /**
   * The account by a proof that leads to a block which enough endpoints name; where no endpoint proves accounts, as
   * account(). Throws account_proof_malformed, account_proof_invalid, account_proof_stale or block_disputed where an
   * endpoint proves accounts and no proof holds, and account_unproven where a proof is required and none is to be had.
   */
  readonly trustedAccount: (address: RawAddress) => Promise<TrustedAccount>;
  /** Many accounts by the word of one endpoint, in a request for each hundred where it has API v3. */
  readonly accounts: (
    addresses: readonly RawAddress[],
  ) => Promise<ReadonlyMap<RawAddress, TonAccount>>;
  /** What trustedAccount() rested on last. */
  readonly proofStanding: () => ProofStanding;
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
  /**
   * Tells which of these accounts to look at again, until the signal aborts: all of them whenever it begins or begins
   * anew after a gap, and each that changes. At most two watches of a client are streams; the others, and all where no
   * endpoint streams, ask for each account in turn. Throws network_mismatch alone.
   */
  readonly watch: (
    addresses: readonly RawAddress[],
    onChange: OnChange,
    signal: AbortSignal,
  ) => Promise<void>;
};

export type ChainClientOptions = {
  /** JSON-RPC URLs, ".../api/v2/jsonRPC", the preferred first; with what is special about one. */
  readonly endpoints: readonly (string | EndpointOptions)[];
  /** TON global id that all of them must serve. */
  readonly networkId: number;
  readonly requestTimeoutMs: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default 500: blocks come every 400 ms on the main network. */
  readonly pollMs?: number;
  /**
   * The most that each endpoint is asked. Default: what toncenter allows, 1 without an API key and 10 with one, and no
   * limit on a devnet. Requests beyond it wait; identical reads that wait are one request.
   */
  readonly requestsPerSecond?: number;
  /** Default: 0 on a devnet, 1 elsewhere. */
  readonly finalityBlocks?: number;
  /** Servers that prove accounts in TonAPI's form, by their origin, besides those of `endpoints` that do. */
  readonly proofEndpoints?: readonly string[];
  /** Whether an account that money depends on counts without a proof. Default: it does. */
  readonly requireProofs?: boolean;
  /** Told once at the first read of a money account, and again when it changes what they rest on. */
  readonly onProofStanding?: (
    standing: Exclude<ProofStanding, "unknown">,
    address: RawAddress,
  ) => void;
  /** How many servers must name a block, the one that proves included. Default: 1 on a devnet, 2 elsewhere. */
  readonly blockVouchers?: number;
  /** Between two looks at watched accounts, where no endpoint streams. Default 5,000, or 20 polls if that is less. */
  readonly lookMs?: number;
};

const lookMsMax = 5_000;
const requestsPerSecondDefault = { withoutKey: 1, withKey: 10 };

/** Creates a client; nothing is sent yet. An empty list of endpoints is a bug of the caller. */
export function createChainClient(options: ChainClientOptions): ChainClient {
  const { networkId, requestTimeoutMs, clock = systemClock, pollMs = 500 } = options;
  const all = createEndpoints(options, clock);
  const endpoints = new EndpointList(all, clock);
  const reads = createReads(endpoints);
  const trusted = createTrusted(options, { all, clock, pollMs, account: reads.account });
  const watcher = new Watcher({
    endpoints,
    clock,
    requestTimeoutMs,
    lookMs: options.lookMs ?? Math.min(20 * pollMs, lookMsMax),
    lastLt: async (address) => (await reads.account(address)).lastLt,
  });
  return {
    networkId,
    clock,
    pollMs,
    finalityBlocks: options.finalityBlocks ?? finalityBlocksOf(networkId),
    ...reads,
    ...trusted,
    accounts: (addresses) => fetchAccounts(endpoints, addresses, { ...options, ...reads }),
    sendExternal: (message) => endpoints.ask((client) => client.send(message.toBoc())),
    watch: (addresses, onChange, signal) => watcher.watch(addresses, onChange, signal),
  };
}

function createEndpoints(
  options: ChainClientOptions,
  clock: Clock,
): ReturnType<typeof createEndpoint>[] {
  const { networkId, requestTimeoutMs } = options;
  return options.endpoints.map((given) => {
    const endpoint = typeof given === "string" ? { url: given } : given;
    const { withKey, withoutKey } = requestsPerSecondDefault;
    const allowed = endpoint.apiKey === undefined ? withoutKey : withKey;
    const requestsPerSecond =
      options.requestsPerSecond ??
      (networkId === networkIds.devnet ? Number.POSITIVE_INFINITY : allowed);
    return createEndpoint(endpoint, { networkId, requestTimeoutMs, clock, requestsPerSecond });
  });
}

type Reads = Pick<ChainClient, "masterchain" | "account" | "get" | "transactions" | "transaction">;

function createReads(endpoints: EndpointList): Reads {
  const masterchains = shareUntilSent<{ readonly seqno: number }>();
  const accounts = shareUntilSent<ChainAccount>();
  const results = shareUntilSent<GetterStack>();
  return {
    masterchain: () =>
      masterchains("", (sent) =>
        endpoints.ask(async (client) => ({ seqno: await client.masterchainSeqno() }), sent),
      ),
    account: (address) =>
      accounts(address, (sent) => endpoints.ask((client) => fetchAccount(client, address), sent)),
    get: (address, method, stack = []) => {
      const ask = (sent?: () => void) => runGetMethod(endpoints, { address, method, stack }, sent);
      return stack.length > 0 ? ask() : results(`${address} ${method}`, ask);
    },
    transactions: (address, page) =>
      endpoints.ask((client) => fetchTransactions(client, address, page)),
    transaction: (address, name) =>
      endpoints.ask((client) => fetchTransaction(client, address, name)),
  };
}

type GetCall = {
  readonly address: RawAddress;
  readonly method: string;
  readonly stack: readonly TupleItem[];
};

async function runGetMethod(
  endpoints: EndpointList,
  { address, method, stack }: GetCall,
  sent?: () => void,
): Promise<GetterStack> {
  const result = await endpoints.ask((client) => client.runGetMethod(address, method, stack), sent);
  const { exitCode } = result;
  if (exitCode !== 0) throw new CocoonError("contract_unexpected", { method, exitCode });
  return result.stack;
}

async function fetchAccount(client: Toncenter, address: RawAddress): Promise<ChainAccount> {
  const { account, atSeconds } = await client.account(address);
  const codeHash = account.code?.hash().toString("hex");
  return { ...account, codeHash, seenAtSeconds: atSeconds };
}

/** The API's page begins with the one that is named; ours after it. */
async function fetchTransactions(
  client: Toncenter,
  address: RawAddress,
  { before, limit }: { readonly limit: number; readonly before?: HistoryCursor },
): Promise<readonly ChainTransaction[]> {
  const named = before && wireName(before);
  const page = await client.transactions(address, named ? limit + 1 : limit, named);
  return page.slice(named ? 1 : 0).map(({ transaction }) => readTransaction(address, transaction));
}

async function fetchTransaction(
  client: Toncenter,
  address: RawAddress,
  name: HistoryCursor,
): Promise<ChainTransaction | undefined> {
  const named = wireName(name);
  const page = await client.transactions(address, 1, named);
  const found = page.find((one) => one.name.lt === named.lt && one.name.hash === named.hash);
  return found && readTransaction(address, found.transaction);
}

function wireName({ lt, hash }: HistoryCursor): WireName {
  return { lt: lt.toString(), hash: toBase64(fromHex(hash) ?? new Uint8Array()) };
}

async function fetchAccounts(
  endpoints: EndpointList,
  addresses: readonly RawAddress[],
  {
    account,
    requestTimeoutMs,
  }: Pick<Reads, "account"> & Pick<ChainClientOptions, "requestTimeoutMs">,
): Promise<ReadonlyMap<RawAddress, TonAccount>> {
  const found = new Map<RawAddress, TonAccount>();
  for (let start = 0; start < addresses.length; start += batchMax) {
    const part = addresses.slice(start, start + batchMax);
    const [endpoint] = part.length > 1 ? endpoints.inOrder() : [];
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const batch = endpoint && (await accountBatch(endpoint, part, signal));
    for (const address of part) {
      found.set(address, batch?.get(address) ?? (await account(address)));
    }
  }
  return found;
}
