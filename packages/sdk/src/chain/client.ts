// The chain as the SDK sees it.

import type { Cell, TupleItem } from "@ton/core";
import type { GetterStack } from "@cocoon/contracts";
import type { RawAddress } from "@cocoon/protocol";
import type { TonAccount } from "../account/index.ts";
import type { Clock } from "./clock.ts";
import type { EndpointOptions } from "./endpoint-options.ts";
import type { ChainTransaction } from "./transaction.ts";
import type { OnChange } from "./watch.ts";

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
