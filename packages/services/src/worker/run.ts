// The worker, put together: one identity, one engine, one database, a link to each proxy.

import {
  type Announcement,
  type Attester,
  CocoonError,
  createSigningKey,
  ExecutedRequests,
  nanotons,
  Keyring,
  KeptSessions,
  suiteDefault,
  type TrustProfile,
} from "@cocoon/protocol";
import { channelAddress, vouchForIdentity } from "@cocoon/contracts";
import {
  type ChainClient,
  type BondedProxy,
  createPolicySource,
  createProxySource,
  createWallet,
  maintain,
  type Maintained,
  type Peer,
  type RootPolicy,
  stoppableClient,
  type Wallet,
} from "@cocoon/sdk";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attachIncomingChannel, PayeeWatch } from "../channels/index.ts";
import {
  bondKeysFile,
  loadSeeds,
  type ProxyAddress,
  type WorkerConfig,
  requireSafeNetwork,
} from "../config/index.ts";
import type { Engine } from "../engine/index.ts";
import { IncomingLedger, ledgerMigrations } from "../ledger/index.ts";
import { errorFields, type Logger, startTicker, type Ticker } from "../observe/index.ts";
import { openStore, type Store } from "../store/index.ts";
import { createIdentity, type WorkerIdentity } from "../tee/index.ts";
import { dial } from "../transport/index.ts";
import { Earnings } from "./earnings.ts";
import { EvidenceKeeper } from "./evidence.ts";
import { type JobModules, serveJob } from "./job.ts";
import { SequenceGuard } from "./sequence-guard.ts";
import { type LinkModules, runLink } from "./link.ts";

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
  /** Evidence that could not be renewed is tried again after this. Default 30 s. */
  readonly evidenceRetryMs?: number;
};

export type RunningWorker = {
  /** Hex. */
  readonly workerId: string;
  /** Resolves when the worker has to stop: its database is in an uncertain state. */
  readonly failed: Promise<CocoonError>;
  readonly close: () => Promise<void>;
};

/** Everything a worker is made of, for the functions below. */
type Worker = WorkerModules & {
  readonly config: WorkerConfig;
  readonly identity: WorkerIdentity;
  readonly wallet: Wallet;
  readonly store: Store;
  readonly ledger: IncomingLedger;
  readonly earnings: Earnings;
  readonly evidence: EvidenceKeeper;
  readonly keyring: Keyring;
  /** Of its bond, if it has one; made anew with each announcement. */
  readonly vouch: () => Pick<Announcement, "vouch">;
  readonly policy: () => Promise<RootPolicy>;
  readonly stopping: AbortController;
};

/** A proxy that was away for long gets its workers back within this. */
const redialMaxMs = 5_000;
/** How soon a new channel is watched. */
const followMs = 1_000;
/** How often the bond of a proxy is looked at. */
const reviewMs = 10_000;
/** How long a bond answers for what an identity signs: longer than two receipts may take to be compared. */
const vouchSeconds = 30 * 86_400;
/** A new key is announced this long before the old one stops being offered. */
const keyCheckMs = 60_000;

/** Starts a worker and its links. Throws chain_*, and what evidence verification says when it would be refused. */
export async function runWorker(
  config: WorkerConfig,
  modules: WorkerModules,
): Promise<RunningWorker> {
  const worker = await assembleOrClose(config, modules);
  const jobs = jobModules(worker);
  const payee = new PayeeWatch(worker);
  const takeAll = (): Promise<void> => payee.settleAll(nanotons(1n));
  const links = config.network.proxies.map((proxy) => keepLink(worker, jobs, proxy, takeAll));
  const every = (intervalMs: number, task: () => Promise<void>): Ticker =>
    startTicker(intervalMs, task, (error) => {
      modules.logger.warn("tick_failed", errorFields(error));
    });
  const { settle } = config;
  const tickers: readonly Pick<Ticker, "stop">[] = [
    every(settle.intervalMs, () => payee.settleAll(settle.thresholdNanotons)),
    every(followMs, () => payee.follow()),
    payee,
  ];
  modules.logger.event("worker_started", { workerId: worker.identity.workerId });
  return {
    workerId: worker.identity.workerId,
    failed: worker.store.failed,
    close: async () => {
      worker.stopping.abort();
      worker.evidence.stop();
      await Promise.all(tickers.map((ticker) => ticker.stop()));
      await Promise.all(links);
      await modules.engine.close();
      worker.store.close();
    },
  };
}

/** The engine is the worker's from here on, whatever comes of it. */
async function assembleOrClose(config: WorkerConfig, modules: WorkerModules): Promise<Worker> {
  const stopping = new AbortController();
  const chain = stoppableClient(modules.chain, stopping.signal);
  try {
    requireSafeNetwork(config.network, modules.profiles);
    return await assemble(config, { ...modules, chain }, stopping);
  } catch (error) {
    await modules.engine.close();
    throw error;
  }
}

async function assemble(
  config: WorkerConfig,
  modules: WorkerModules,
  stopping: AbortController,
): Promise<Worker> {
  const { chain, logger, now, profiles, attester, manifestHash, engineHash } = modules;
  const { networkId, root } = config.network;
  const { wallet: seed } = loadSeeds(join(config.home, "keys.json"), ["wallet"], {
    networkId: config.network.networkId,
    passphrase: modules.passphrase,
  });
  const wallet = createWallet({ client: chain, seed });
  const identity = createIdentity();
  const vouch = vouchOf(config, identity, modules);
  const store = openStore(join(config.home, "worker.db"), ledgerMigrations);
  const policy = createPolicySource({ client: chain, root, now });
  let evidence: EvidenceKeeper;
  try {
    evidence = await EvidenceKeeper.open({
      attester,
      identity,
      networkId,
      rootAddress: root,
      payout: wallet.address,
      manifestHash,
      engineHash,
      policy,
      profiles,
      now,
      logger,
      ...(modules.evidenceRetryMs !== undefined && { retryMs: modules.evidenceRetryMs }),
    });
  } catch (error) {
    store.close();
    throw error;
  }
  const ledger = new IncomingLedger(store, networkId);
  return {
    ...modules,
    config,
    identity,
    vouch,
    wallet,
    store,
    ledger,
    earnings: new Earnings(store, ledger, config.creditWindowNanotons),
    evidence,
    policy,
    keyring: new Keyring({ suite: suiteDefault, identityKey: identity.key }),
    stopping,
  };
}

function jobModules(worker: Worker): JobModules {
  const { config, evidence, identity, manifestHash } = worker;
  return {
    ...worker,
    identityKey: identity.key,
    executed: new ExecutedRequests(),
    sessions: new KeptSessions(),
    sequences: new SequenceGuard(),
    tickMs: config.tickMs,
    terms: () => {
      return {
        networkId: config.network.networkId,
        manifestHash,
        model: config.model,
        price: config.price,
        tier: evidence.attested.tier,
        claimsHashes: evidence.claimsHashes,
      };
    },
  };
}

/** Dials a proxy and serves it, again and again until the worker stops. */
async function keepLink(
  worker: Worker,
  jobs: JobModules,
  proxy: ProxyAddress,
  takeAll: () => Promise<void>,
): Promise<void> {
  const { config, identity, logger, stopping } = worker;
  const { bond, via } = proxy;
  const standing = createProxySource({
    client: worker.chain,
    bond,
    params: async () => (await worker.policy()).params,
    now: worker.now,
  });
  const links = new Set<Promise<void>>();
  const kept = maintain({
    signal: stopping.signal,
    dial: async (signal) => {
      const { host, port, publicKey } = await standing();
      return await dial({
        host: via?.host ?? host,
        port: via?.port ?? port,
        expectPublicKey: publicKey,
        identity: identity.key,
        role: "worker",
        networkId: config.network.networkId,
        rootAddress: config.network.root,
        signal,
      });
    },
    onConnected: (peer) => {
      logger.event("proxy_connected", { contract: bond });
      const link = serveLink(worker, jobs, peer);
      links.add(link);
      void link.finally(() => links.delete(link));
    },
    onFailed: ({ code }) => logger.warn("proxy_unreachable", { code, contract: bond }),
    delayMaxMs: redialMaxMs,
  });
  const review = startTicker(
    reviewMs,
    async () => {
      if (await leaveUnbonded(worker, standing, kept)) await takeAll();
    },
    ignore,
  );
  await kept.stopped;
  await review.stop();
  await Promise.all(links);
}

/** What a look at the chain failed of is looked at again. */
const ignore = (): void => undefined;

/** No work is done for a proxy that does not stand behind its word any more. Whether one was just left. */
async function leaveUnbonded(
  { logger }: Worker,
  standing: () => Promise<BondedProxy>,
  kept: Maintained,
): Promise<boolean> {
  try {
    await standing();
    return false;
  } catch (error) {
    if (!(error instanceof CocoonError) || error.code !== "bond_insufficient") throw error;
    if (kept.peer === undefined) return false;
    logger.warn("proxy_left", errorFields(error));
    await kept.peer.close();
    return true;
  }
}

async function serveLink(worker: Worker, jobs: JobModules, peer: Peer): Promise<void> {
  try {
    await runLink(linkModules(worker, jobs), peer);
  } catch (error) {
    worker.logger.warn("link_lost", errorFields(error));
  } finally {
    await peer.close();
  }
}

function linkModules(worker: Worker, jobs: JobModules): LinkModules {
  const { config, chain, earnings, engine, evidence, keyring, ledger, logger, now, wallet } =
    worker;
  return {
    earnings,
    logger,
    load: () => engine.load(),
    announcement: async () => {
      const { keyConfig } = await keyring.current(now());
      const [model] = engine.models;
      const ask = {
        model: worker.manifestHash,
        ...config.price,
        contextTokens: model?.contextTokens ?? 0,
        slots: config.slots,
        capabilities: model?.capabilities ?? [],
      };
      return {
        bundle: evidence.bundle,
        keyConfig,
        asks: [ask],
        payout: wallet.address,
        ...worker.vouch(),
      };
    },
    lapse: () => evidence.lapse,
    onChanged: (listener) => {
      const timer = startTicker(keyCheckMs, keyRotation(keyring, now, listener), () => undefined);
      const stop = evidence.onChanged(listener);
      return () => {
        stop();
        void timer.stop();
      };
    },
    acceptPayFrom: async (params) => {
      const channel = channelAddress(params);
      await attachIncomingChannel(chain, ledger, channel, wallet.address);
      return channel;
    },
    serveJob: (stream, payFrom) => serveJob(jobs, stream, payFrom),
  };
}

/** The bond's word for this boot's identity. Throws option_invalid where its key is not. */
function vouchOf(
  { bond, home, network }: WorkerConfig,
  identity: WorkerIdentity,
  { now, passphrase }: WorkerModules,
): Worker["vouch"] {
  if (bond === undefined) return () => ({});
  const { networkId } = network;
  const path = join(home, bondKeysFile);
  if (!existsSync(path)) {
    throw new CocoonError("option_invalid", { file: path, reason: "cocoon worker bond makes it" });
  }
  const key = createSigningKey(loadSeeds(path, ["bond"], { networkId, passphrase }).bond);
  const identityKey = identity.key.publicKey;
  return () => {
    const notAfterSeconds = Math.ceil(now() / 1_000) + vouchSeconds;
    const vouched = { networkId, bond, identityKey, notAfterSeconds };
    const { signature } = vouchForIdentity(key, vouched);
    return { vouch: { bond, notAfterSeconds, signature } };
  };
}

/** A task that calls back when the key to offer is another than at its last run. */
function keyRotation(
  keyring: Keyring,
  now: () => number,
  listener: () => void,
): () => Promise<void> {
  let offered: Uint8Array | undefined;
  return async () => {
    const { kid } = await keyring.current(now());
    if (offered !== undefined && offered !== kid) listener();
    offered = kid;
  };
}
