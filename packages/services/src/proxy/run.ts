// The proxy, put together: one listener, one database, one wallet.

import {
  CocoonError,
  createSigningKey,
  nanotons,
  type RawAddress,
  type SigningKey,
} from "@cocoon/protocol";
import {
  closeChannelCooperatively,
  createPolicySource,
  createWallet,
  createWorkerBondCheck,
  openOutgoingChannel,
  stoppableClient,
  topUpOutgoingChannel,
  type Wallet,
  walletPayer,
} from "@cocoon/sdk";
import { join } from "node:path";
import { attachIncomingChannel, PayeeWatch, refreshIncomingChannel } from "../channels/index.ts";
import { loadSeeds, type ProxyConfig, requireSafeNetwork } from "../config/index.ts";
import { type IncomingChannel, IncomingLedger, OutgoingLedger } from "../ledger/index.ts";
import { Cosigning, ReceiptLog, TileFolder } from "../log/index.ts";
import { errorFields, startTicker, type Ticker } from "../observe/index.ts";
import { openStore } from "../store/index.ts";
import { Admission } from "./admission.ts";
import { AnchorBudget } from "./anchor-budget.ts";
import { anchorLog } from "./anchoring.ts";
import { reviewBonds } from "./bond-review.ts";
import { DepositWatch } from "./deposit-watch.ts";
import { type Doors, openDoors, tileFolderOf } from "./doors.ts";
import { proxyMigrations } from "./migrations.ts";
import { WorkerPayments } from "./payments.ts";
import type { Proxy, ProxyModules } from "./proxy.ts";
import { ReceiptDesk } from "./receipt-desk.ts";
import { createRefusedWorkers } from "./refused-workers.ts";
import { UploadRoom } from "./upload.ts";
import { WorkerDirectory } from "./workers.ts";

export type RunningProxy = {
  readonly port: number;
  /** Where the log's tiles and WebSockets are served over plain HTTP, if they are. */
  readonly logPort: number | undefined;
  /** Resolves when the proxy has to stop: its database is in an uncertain state. */
  readonly failed: Promise<CocoonError>;
  /** Ends all connections, publishes a last checkpoint, and closes the database. */
  readonly close: () => Promise<void>;
};

const policyTickMs = 5_000;
/** A bond that leaves does so for days, and clients look for themselves. */
const bondReviewMs = 300_000;
/** How soon a new channel is watched. */
const followMs = 1_000;

/** Starts a proxy whose bond is registered. Throws chain_* and option_invalid. */
export async function runProxy(config: ProxyConfig, modules: ProxyModules): Promise<RunningProxy> {
  requireSafeNetwork(config.network, modules.profiles);
  const stopping = new AbortController();
  const chain = stoppableClient(modules.chain, stopping.signal);
  const proxy = await assemble(config, { ...modules, chain });
  try {
    const doors = await openDoors(proxy);
    modules.logger.event("proxy_listening", { port: doors.port });
    return running(proxy, { stopping, doors, tickers: startTickers(proxy) });
  } catch (error) {
    proxy.store.close();
    throw error;
  }
}

type Parts = {
  readonly stopping: AbortController;
  readonly doors: Doors;
  readonly tickers: readonly Ticker[];
};

function running(proxy: Proxy, { stopping, doors, tickers }: Parts): RunningProxy {
  return {
    port: doors.port,
    logPort: doors.logPort,
    failed: proxy.store.failed,
    close: async () => {
      stopping.abort();
      doors.goAway();
      await Promise.all(tickers.map((ticker) => ticker.stop()));
      await doors.close();
      try {
        await publishLog(proxy);
      } finally {
        proxy.store.close();
      }
    },
  };
}

/** A checkpoint first becomes durable, then its tiles appear, then the checkpoint itself. */
async function publishLog({ log, tiles }: Proxy): Promise<void> {
  await log.publishCheckpoint();
  await tiles.publish();
}

async function assemble(config: ProxyConfig, modules: ProxyModules): Promise<Proxy> {
  const { chain, now } = modules;
  const { networkId, root } = config.network;
  const source = createPolicySource({ client: chain, root, now });
  let policy = await source();
  const seeds = loadSeeds(join(config.home, "keys.json"), ["wallet", "log", "session"], {
    networkId: config.network.networkId,
    passphrase: modules.passphrase,
  });
  const wallet = createWallet({ client: chain, seed: seeds.wallet });
  const logKey = createSigningKey(seeds.log);
  const store = openStore(join(config.home, "proxy.db"), proxyMigrations, { isRole: true });
  const incoming = new IncomingLedger(store, networkId);
  const outgoing = new OutgoingLedger(store);
  const log = new ReceiptLog(store, logKey, config.bond, networkId);
  const attachChannel = (address: RawAddress): Promise<IncomingChannel> =>
    attachIncomingChannel(chain, incoming, address, wallet.address);
  return {
    ...modules,
    config,
    store,
    wallet,
    logKey,
    incoming,
    outgoing,
    log,
    tiles: new TileFolder(log, tileFolderOf(config)),
    cosigning: new Cosigning(log, config.witnesses ?? [], modules.logger),
    desk: new ReceiptDesk({ store, log, incoming, outgoing, logKey, now }),
    directory: new WorkerDirectory(),
    refused: createRefusedWorkers(modules.logger, now),
    inFlight: new Set(),
    room: new UploadRoom(),
    admission: new Admission(incoming, {
      creditWindow: config.creditWindowNanotons,
      feeBps: config.feeBps,
    }),
    deposits: new DepositWatch(attachChannel, now),
    payments: createPayments(config, wallet, outgoing, createSigningKey(seeds.session)),
    policy: () => policy,
    requireBond: createWorkerBondCheck({ client: chain, policy: source, now }),
    refreshPolicy: async () => {
      policy = await source();
    },
    attachChannel,
    closeChannel: async (channel) => {
      const { hash } = await closeChannelCooperatively(wallet, channel.address, channel.voucher);
      await refreshIncomingChannel(chain, incoming, channel.address, wallet.address);
      return hash;
    },
  };
}

function createPayments(
  config: ProxyConfig,
  wallet: Wallet,
  ledger: OutgoingLedger,
  sessionKey: SigningKey,
): WorkerPayments {
  const deposit = config.workerDepositNanotons;
  const { closeTimeoutSeconds } = config;
  const funds = { client: wallet.client, payer: walletPayer(wallet), book: ledger };
  return new WorkerPayments({
    ledger,
    sessionKey,
    payer: wallet.address,
    networkId: config.network.networkId,
    open: (payee) =>
      openOutgoingChannel({
        ...funds,
        payee,
        sessionKey: sessionKey.publicKey,
        deposit,
        closeTimeoutSeconds,
      }),
    topUp: (channel) => topUpOutgoingChannel(funds, channel, nanotons(deposit)),
  });
}

/** What a proxy does by the clock. Each is one run at a time; a failure is logged and tried again at the next tick. */
function startTickers(proxy: Proxy): Ticker[] {
  const { config, logger, payments, wallet, incoming: ledger } = proxy;
  const { settle } = config;
  const anchors = {
    ...proxy,
    client: proxy.chain,
    bond: config.bond,
    budget: anchorBudget(proxy),
    anchorable: () => proxy.cosigning.askedSize,
  };
  const payee = new PayeeWatch({ wallet, ledger, logger });
  const every = (intervalMs: number, task: () => Promise<void>): Ticker =>
    startTicker(intervalMs, task, (error) => logger.warn("tick_failed", errorFields(error)));
  return [
    every(policyTickMs, proxy.refreshPolicy),
    every(bondReviewMs, () => reviewBonds(proxy)),
    every(config.checkpointMs, () => publishLog(proxy)),
    every(config.checkpointMs, () => proxy.cosigning.cosign()),
    every(config.anchorMs, () => anchorLog(anchors)),
    every(config.payMs, () => payments.pay()),
    every(settle.intervalMs, () => payee.settleAll(settle.thresholdNanotons)),
    every(followMs, () => payee.follow()),
    payee,
  ];
}

function anchorBudget({ config, log, now }: Proxy): AnchorBudget | undefined {
  const { anchorBudgetPerDayNanotons: perDay } = config;
  if (perDay === undefined) return undefined;
  const { lastAnchor: last } = log;
  const known = last && { lt: BigInt(last.lt), atMs: last.timestamp * 1_000 };
  return new AnchorBudget(perDay, now(), known);
}
