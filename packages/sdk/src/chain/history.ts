import { CocoonError, type RawAddress } from "@cocoon/protocol";
import type { ChainClient, HistoryCursor } from "./client.ts";
import type { ChainTransaction } from "./transaction.ts";

const pageLimit = 32;

/** An account's transactions from the newest down to, and without, a logical time; 0 goes to the first. */
export async function* historyAfter(
  client: ChainClient,
  address: RawAddress,
  afterLt: bigint,
): AsyncGenerator<ChainTransaction, void, undefined> {
  let before: HistoryCursor | undefined;
  for (;;) {
    const page = await client.transactions(address, {
      limit: pageLimit,
      ...(before && { before }),
    });
    for (const transaction of page) {
      if (transaction.lt <= afterLt) return;
      yield transaction;
    }
    before = page.at(-1);
    if (before === undefined || page.length < pageLimit) return;
  }
}

/**
 * An account's transactions from one that is known by its hash, each named by the hash in the one after it: what an
 * endpoint gives cannot be another history. Throws account_proof_invalid where it is.
 */
export async function* linkedHistory(
  client: ChainClient,
  address: RawAddress,
  newest: HistoryCursor,
): AsyncGenerator<ChainTransaction, void, undefined> {
  let next: HistoryCursor | undefined = newest;
  const first = await client.transaction(address, newest);
  let page: readonly ChainTransaction[] = first === undefined ? [] : [first];
  while (next !== undefined && page.length > 0) {
    for (const transaction of page) {
      if (transaction.hash !== next?.hash || transaction.lt !== next.lt) {
        throw new CocoonError("account_proof_invalid", { reason: "another history" });
      }
      yield transaction;
      next = transaction.previous;
    }
    const before = page.at(-1);
    page = await client.transactions(address, { limit: pageLimit, ...(before && { before }) });
  }
}

/** The newest transaction after a logical time that fits, or undefined while there is none. */
export async function findTransaction(
  client: ChainClient,
  address: RawAddress,
  search: TransactionSearch,
): Promise<ChainTransaction | undefined> {
  for await (const transaction of historyAfter(client, address, search.afterLt)) {
    if (search.matches(transaction)) return transaction;
  }
  return undefined;
}

export type TransactionSearch = {
  /** Only transactions after this logical time are looked at. */
  readonly afterLt: bigint;
  readonly matches: (transaction: ChainTransaction) => boolean;
};

/**
 * Waits until such a transaction is there; a chain that is away for a while is waited for. Throws chain_unavailable
 * when the time is over.
 */
export async function waitForTransaction(
  client: ChainClient,
  address: RawAddress,
  search: TransactionSearch & { readonly timeoutMs: number },
): Promise<ChainTransaction> {
  const deadlineMs = client.clock.nowMs() + search.timeoutMs;
  for (;;) {
    const found = await unlessUnavailable(findTransaction(client, address, search));
    if (found !== undefined) return found;
    if (client.clock.nowMs() >= deadlineMs) {
      throw new CocoonError("chain_unavailable", { reason: "no such transaction in time" });
    }
    await client.clock.wait(client.pollMs);
  }
}

/** The result, or undefined while the chain is away. */
export async function unlessUnavailable<Value>(result: Promise<Value>): Promise<Value | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof CocoonError && error.code === "chain_unavailable") return undefined;
    throw error;
  }
}
