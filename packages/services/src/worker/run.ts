// The worker, put together: one identity, one engine, one database, a link to each proxy.

import {
  type AskReport,
  CocoonError,
  createSigningKey,
  ExecutedRequests,
  nanotons,
  Keyring,
  KeptSessions,
  suiteDefault,
} from "@cocoon/protocol";
import { vouchForIdentity } from "@cocoon/contracts";
import { createPolicySource, createWallet, stoppableClient } from "@cocoon/sdk";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PayeeWatch } from "../channels/index.ts";
import { bondKeysFile, loadSeeds, type WorkerConfig, requireSafeNetwork } from "../config/index.ts";
import { IncomingLedger } from "../ledger/index.ts";
import { errorFields, startTicker, type Ticker } from "../observe/index.ts";
import { openStore } from "../store/index.ts";
import { createIdentity, type WorkerIdentity } from "../tee/index.ts";
import { Asking } from "./asking.ts";
import { WorkerBooks } from "./books.ts";
import { Earnings } from "./earnings.ts";
import { EngineWatch } from "./engine-watch.ts";
import { EvidenceKeeper } from "./evidence.ts";
import type { JobModules } from "./job.ts";
import { keepLink } from "./links.ts";
import { workerMigrations } from "./migrations.ts";
import { WorkerMonitor } from "./monitor.ts";
import { SequenceGuard } from "./sequence-guard.ts";
import { meteredEngine } from "./token-meter.ts";
import type { Worker, WorkerModules } from "./worker.ts";

export type { WorkerModules } from "./worker.ts";

export type RunningWorker = {
  /** Hex. */
  readonly workerId: string;
  /** For reading, while it runs. */
  readonly books: WorkerBooks;
  /** Resolves when the worker has to stop: its database is in an uncertain state. */
  readonly failed: Promise<CocoonError>;
  readonly close: () => Promise<void>;
};

/** How soon a new channel is watched. */
const followMs = 1_000;
/** How long a bond answers for what an identity signs: longer than two receipts may take to be compared. */
const vouchSeconds = 30 * 86_400;

/** Starts a worker and its links. Throws chain_*, and what evidence verification says when it would be refused. */
export async function runWorker(
  config: WorkerConfig,
  modules: WorkerModules,
): Promise<RunningWorker> {
  const worker = await assembleOrClose(config, modules);
  const jobs = jobModules(worker);
  const payee = new PayeeWatch(worker);
  const takeAll = (): Promise<void> => payee.settleAll(nanotons(1n));
  const books = new WorkerBooks(worker.store, config.network.networkId);
  tellMonitor(worker, books);
  const links = config.network.proxies.map((proxy) => keepLink(worker, jobs, proxy, takeAll));
  worker.monitor.mendAll();
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
    books,
    failed: worker.store.failed,
    close: async () => {
      worker.stopping.abort();
      worker.evidence.stop();
      worker.monitor.follow(undefined);
      await Promise.all([worker.asking.stop(), worker.engineWatch?.stop()]);
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
  const store = openStore(join(config.home, "worker.db"), workerMigrations, { isRole: true });
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
  const { monitor = new WorkerMonitor({ networkId, now }) } = modules;
  const engine = meteredEngine(modules.engine, monitor.meter);
  const { checkEngine, checkEngineMs } = modules;
  return {
    ...modules,
    engine,
    monitor,
    asking: new Asking({
      price: config.price,
      followLoad: config.priceFollowsLoad,
      load: () => engine.load(),
      now,
    }),
    engineWatch: checkEngine && new EngineWatch(checkEngine, checkEngineMs),
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

const dayMs = 86_400_000;

/** Tells who looks after this worker what it is, and where to read how it does. */
function tellMonitor(worker: Worker, books: WorkerBooks): void {
  const { config, engine, evidence, identity, manifestHash, monitor, now, wallet } = worker;
  const [model] = engine.models;
  monitor.know({
    workerId: identity.workerId,
    tier: evidence.attested.tier,
    wallet: { address: wallet.address, balanceNanotons: null },
    model: {
      name: config.model,
      manifestHash,
      contextTokens: model?.contextTokens ?? 0,
      capabilities: model?.capabilities ?? [],
    },
    engine: {
      kind: config.engine.kind,
      baseUrl: config.engine.kind === "http" ? config.engine.baseUrl : null,
      isReady: true,
    },
  });
  const tellAsk = (): void => monitor.know({ ask: askReport(worker) });
  tellAsk();
  worker.asking.onChanged(tellAsk);
  monitor.follow({
    load: () => engine.load(),
    today: () => {
      const fromMs = Math.floor(now() / dayMs) * dayMs;
      return books.sum({ fromMs, untilMs: fromMs + dayMs });
    },
    money: () => books.money(config.settle.thresholdNanotons),
  });
}

function askReport({ asking, config }: Worker): AskReport {
  const { promptPerMillion, completionPerMillion } = asking.current;
  return {
    promptPerMillionNanotons: promptPerMillion.toString(),
    completionPerMillionNanotons: completionPerMillion.toString(),
    followsLoad: config.priceFollowsLoad ?? null,
  };
}

function jobModules(worker: Worker): JobModules {
  const { asking, config, evidence, identity, manifestHash } = worker;
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
        accepts: (price) => asking.accepts(price),
        tier: evidence.attested.tier,
        claimsHashes: evidence.claimsHashes,
      };
    },
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
