// Everything that a worker is made of.

import type { Announcement, Attester, Keyring, TrustProfile } from "@cocoon/protocol";
import type { ChainClient, RootPolicy, Wallet } from "@cocoon/sdk";
import type { WorkerConfig } from "../config/index.ts";
import type { Engine } from "../engine/index.ts";
import type { IncomingLedger } from "../ledger/index.ts";
import type { Logger } from "../observe/index.ts";
import type { Store } from "../store/index.ts";
import type { WorkerIdentity } from "../tee/index.ts";
import type { Asking } from "./asking.ts";
import type { Earnings } from "./earnings.ts";
import type { CheckEngine, EngineWatch } from "./engine-watch.ts";
import type { EvidenceKeeper } from "./evidence.ts";
import type { WorkerMonitor } from "./monitor.ts";

export type WorkerModules = {
  /** Opens the keystore, where the network needs one. */
  readonly passphrase?: string | undefined;
  readonly chain: ChainClient;
  readonly attester: Attester;
  readonly profiles: readonly TrustProfile[];
  /** Serves the model of the configuration. The worker closes it. */
  readonly engine: Engine;
  /** Of the model, hex; it must be listed in the root contract. */
  readonly manifestHash: string;
  /** Of the engine, hex. */
  readonly engineHash: string;
  readonly logger: Logger;
  readonly now: () => number;
  /** Told how the worker stands. Default: one that nobody reads. */
  readonly monitor?: WorkerMonitor;
  /** Looks whether the engine is there; without it, it always is. */
  readonly checkEngine?: CheckEngine;
  /** How often that is. Default 2 s. */
  readonly checkEngineMs?: number;
  /** Evidence that could not be renewed is tried again after this. Default 30 s. */
  readonly evidenceRetryMs?: number;
};

/** Everything a worker is made of, for the functions below. */
export type Worker = Omit<WorkerModules, "monitor"> & {
  readonly monitor: WorkerMonitor;
  readonly config: WorkerConfig;
  readonly identity: WorkerIdentity;
  readonly wallet: Wallet;
  readonly store: Store;
  readonly ledger: IncomingLedger;
  readonly earnings: Earnings;
  readonly evidence: EvidenceKeeper;
  readonly asking: Asking;
  /** Undefined where nobody looks after the engine. */
  readonly engineWatch: EngineWatch | undefined;
  readonly keyring: Keyring;
  /** Of its bond, if it has one; made anew with each announcement. */
  readonly vouch: () => Pick<Announcement, "vouch">;
  readonly policy: () => Promise<RootPolicy>;
  readonly stopping: AbortController;
};
