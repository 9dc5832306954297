// A client of any list of toncenter endpoints, with one error for each kind of failure.

import type { TupleItem } from "@ton/core";
import { CocoonError, fromHex, networkIds, type RawAddress, toBase64 } from "@cocoon/protocol";
import type { GetterStack } from "@cocoon/contracts";
import type { TonAccount } from "../account/index.ts";
import { accountBatch, batchMax } from "./account-batch.ts";
import type { ChainAccount, ChainClient, ChainClientOptions, HistoryCursor } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createEndpoint } from "./endpoint.ts";
import { EndpointList } from "./endpoint-list.ts";
import { finalityBlocksOf } from "./finality.ts";
import { shareUntilSent } from "./share-until-sent.ts";
import type { Toncenter, WireName } from "./toncenter.ts";
import { createTrusted } from "./trusted-accounts.ts";
import { type ChainTransaction, readTransaction } from "./transaction.ts";
import { Watcher } from "./watch.ts";

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
