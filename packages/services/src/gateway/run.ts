// The gateway, put together: the SDK behind an OpenAI-compatible HTTP server.

import {
  CocoonError,
  createSigningKey,
  primitives,
  type RawAddress,
  type SigningKey,
  utf8,
} from "@cocoon/protocol";
import {
  type BondedProxy,
  createCocoon,
  createPolicySource,
  createWitnessDesk,
  createWallet,
  openOutgoingChannel,
  keepSessions,
  KeptResponses,
  type Peer,
  type RootPolicy,
  SessionPool,
  type SessionTurn,
  stoppableClient,
  topUpChannels,
  upgradeReceipts,
  walletPayer,
} from "@cocoon/sdk";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Reclaim } from "../channels/index.ts";
import {
  type GatewayConfig,
  loadSeeds,
  type NetworkConfig,
  type ProxyAddress,
  requireSafeNetwork,
} from "../config/index.ts";
import { createApp, type HttpApp, refuseForeignPages, serveHttp } from "../http/index.ts";
import { ledgerMigrations, OutgoingLedger } from "../ledger/index.ts";
import {
  errorFields,
  type Logger,
  Metrics,
  startTicker,
  type Ticker,
  Tracer,
} from "../observe/index.ts";
import { openStore } from "../store/index.ts";
import { dial } from "../transport/index.ts";
import { AnswerStore } from "./answer-store.ts";
import { ApiKeys } from "./api-keys.ts";
import { addAskRoutes } from "./ask-routes.ts";
import { addChannelRoutes } from "./channel-routes.ts";
import { Gate } from "./gate.ts";
import type { Gateway, GatewayModules } from "./gateway.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { gatewayMigrations } from "./migrations.ts";
import { Observation } from "./observation.ts";
import { addReadRoutes } from "./read-routes.ts";
import { Replays } from "./replays.ts";
import { quorumOf } from "./witness-quorum.ts";

export type RunningGateway = {
  readonly port: number;
  /** Resolves when the gateway has to stop: its database is in an uncertain state. */
  readonly failed: Promise<CocoonError>;
  /** Lets answers under way finish for a moment, pays, and closes the database. */
  readonly close: () => Promise<void>;
};

/** How often receipts are asked about. */
const upgradeMs = 500;
/** How often the channel's funds are looked at. */
const topUpMs = 1_000;
/** How often channels that close without the proxy are looked at. */
const reclaimMs = 10_000;
/** How often the proxy's bond is looked at. */
const reviewMs = 10_000;
/** How often traces are sent. */
const traceMs = 2_000;
/** How long answers under way may go on when the gateway stops. */
const graceMs = 5_000;

/** Starts a gateway. Throws chain_*, network_mismatch and option_invalid. */
export async function runGateway(
  config: GatewayConfig,
  modules: GatewayModules,
): Promise<RunningGateway> {
  requireSafeNetwork(config.network, modules.profiles);
  const stopping = new AbortController();
  const chain = stoppableClient(modules.chain, stopping.signal);
  const gateway = await assemble(config, { ...modules, chain });
  const { logger, store, wallet } = gateway;
  const stop = startUpkeep(gateway);
  try {
    const server = await serveHttp(createRoutes(gateway), config);
    logger.event("gateway_listening", { port: server.port, address: wallet.address });
    return {
      port: server.port,
      failed: store.failed,
      close: async () => {
        stopping.abort();
        await server.close(graceMs);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Does again and again what nobody asks for. Returns how to end that, and all that the gateway holds. */
export function startUpkeep(gateway: Gateway): () => Promise<void> {
  const { logger, sessions, store, tracer } = gateway;
  const every = (intervalMs: number, task: () => Promise<void>): Ticker =>
    startTicker(intervalMs, task, (error) => logger.warn("tick_failed", errorFields(error)));
  const reclaim = new Reclaim(gateway);
  const tickers = [
    every(upgradeMs, () => upgrade(gateway)),
    every(topUpMs, () => topUp(gateway)),
    every(reviewMs, () => sessions.review()),
    every(reclaimMs, () => reclaim.finish()),
    every(traceMs, async () => await tracer?.flush()),
  ];
  return async () => {
    await Promise.all(tickers.map((ticker) => ticker.stop()));
    await tracer?.flush();
    await sessions.stop();
    store.close();
  };
}

/** Throws chain_*, network_mismatch and option_invalid. */
export async function assemble(config: GatewayConfig, modules: GatewayModules): Promise<Gateway> {
  const { chain, now } = modules;
  const { root, proxies } = config.network;
  if (proxies.length === 0) throw new CocoonError("option_invalid", { field: "proxies" });
  const policy = createPolicySource({ client: chain, root, now });
  await policy();
  const seeds = loadSeeds(join(config.home, "keys.json"), ["wallet", "session"], {
    networkId: config.network.networkId,
    passphrase: modules.passphrase,
  });
  const wallet = createWallet({ client: chain, seed: seeds.wallet });
  const sessionKey = createSigningKey(seeds.session);
  const migrations = [...ledgerMigrations, ...gatewayMigrations];
  const store = openStore(join(config.home, "gateway.db"), migrations, { isRole: true });
  const ledger = new OutgoingLedger(store);
  const answers = new AnswerStore(store, policy);
  const channel = async (payee: RawAddress): Promise<RawAddress> => {
    const opened = await openOutgoingChannel({
      client: chain,
      payer: walletPayer(wallet),
      book: ledger,
      payee,
      sessionKey: sessionKey.publicKey,
      deposit: config.depositNanotons,
      closeTimeoutSeconds: config.closeTimeoutSeconds,
    });
    return opened.address;
  };
  const sessions = keepSessions({
    ...modules,
    networkId: config.network.networkId,
    client: chain,
    proxies: proxies.map((proxy) => {
      return { bond: proxy.bond, dial: dialer(config.network, proxy, sessionKey) };
    }),
    sessionKey,
    channel,
    tier: config.tier,
    ...(config.recipientsMax !== undefined && { recipientsMax: config.recipientsMax }),
    ...(config.keepsSessions !== undefined && { keepsSessions: config.keepsSessions }),
    store: answers,
    policy,
    onTurn: (turn) => logTurn(modules.logger, turn),
  });
  const cocoon = createCocoon(cocoonModules(config, sessions, policy));
  return {
    ...modules,
    ...watchers(modules),
    config,
    wallet,
    store,
    ledger,
    answers,
    sessions,
    cocoon,
    gate: new Gate({ keys: new ApiKeys(store, now), answers, host: config.host, now }),
    replays: new Replays(store, replaySecret(seeds.session), now),
    kept: config.keepsResponses === true ? new KeptResponses(now) : undefined,
    witnesses: createWitnessDesk(config.witnesses && quorumOf(config.witnesses), now),
  };
}

function watchers(modules: GatewayModules): Pick<Gateway, "metrics" | "tracer" | "observation"> {
  const metrics = new Metrics();
  const tracer = openTracer(modules);
  return { metrics, tracer, observation: new Observation({ metrics, tracer, now: modules.now }) };
}

/** Keys the hashes by which idempotency keys are known on disk. */
function replaySecret(seed: Uint8Array): Uint8Array {
  return primitives.hkdfSha256(seed, new Uint8Array())(utf8("cocoon idempotency"), 32);
}

function dialer(
  network: NetworkConfig,
  { via }: ProxyAddress,
  identity: SigningKey,
): (proxy: BondedProxy, signal: AbortSignal) => Promise<Peer> {
  return ({ host, port, publicKey }, signal) =>
    dial({
      host: via?.host ?? host,
      port: via?.port ?? port,
      expectPublicKey: publicKey,
      identity,
      role: "client",
      networkId: network.networkId,
      rootAddress: network.root,
      signal,
    });
}

function logTurn(logger: Logger, turn: SessionTurn): void {
  switch (turn.name) {
    case "attached":
      logger.event("session_attached", { channel: turn.channel });
      return;
    case "unreachable":
      logger.debug("proxy_unreachable", errorFields(turn.error));
      return;
    case "not_attached":
      logger.warn("session_not_attached", errorFields(turn.error));
      return;
    case "left":
      logger.warn("proxy_left", errorFields(turn.error));
      return;
    case "lost":
      logger.warn("session_lost", errorFields(turn.error));
  }
}

function openTracer({ logger, otlpEndpoint: endpoint }: GatewayModules): Tracer | undefined {
  if (endpoint === undefined) return undefined;
  const onFailed = (error: unknown): void => logger.warn("traces_not_sent", errorFields(error));
  return new Tracer({ endpoint, serviceName: "cocoon-gateway", onFailed });
}

function cocoonModules(
  config: GatewayConfig,
  sessions: SessionPool,
  policy: () => Promise<RootPolicy>,
): Parameters<typeof createCocoon>[0] {
  return {
    session: (signal, proxy) => sessions.next(signal, proxy),
    policy,
    tier: config.tier,
    ...(config.privacy !== undefined && { privacy: config.privacy }),
    pause: async (delayMs, signal) => {
      await pause(delayMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}

function createRoutes(gateway: Gateway): HttpApp {
  const { config, gate, logger } = gateway;
  const app = createApp(logger);
  refuseForeignPages(app, config.host);
  gate.guard(app);
  addAskRoutes(app, gateway);
  addReadRoutes(app, gateway);
  addChannelRoutes(app, gateway);
  addHealthRoutes(app, gateway);
  return app;
}

async function upgrade(gateway: Gateway): Promise<void> {
  const { answers, config, observation, sessions, witnesses } = gateway;
  for (const session of sessions.all) {
    await upgradeReceipts({
      answers,
      session,
      witnesses,
      networkId: config.network.networkId,
      onProved: (request, state) => observation.proved(request, state),
    });
  }
}

async function topUp({ answers, chain, config, ledger, logger, wallet }: Gateway): Promise<void> {
  const { depositNanotons, budgetNanotons } = config;
  await topUpChannels({
    client: chain,
    payer: walletPayer(wallet),
    book: ledger,
    store: answers,
    depositNanotons,
    budgetNanotons,
    onToppedUp: (channel) => logger.event("channel_topped_up", { channel }),
  });
}
