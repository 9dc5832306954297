// A whole network in this process: the real TVM, real contracts, real TLS, the real model. Only the TEE is simulated.

import {
  createSimulatedVendor,
  type Devnet,
  simulatedProfile,
  type SimulatedVendor,
  startDevnet,
} from "@cocoon/devnet";
import { type Attester, nanotons, primitives, publicProfiles, toHex, utf8 } from "@cocoon/protocol";
import { type ChainClient, createChainClient, type Wallet } from "@cocoon/sdk";
import {
  createLlamaEngine,
  createLogger,
  createManifest,
  type Engine,
  type GatewayConfig,
  type LlamaEngine,
  llamaEngineVersion,
  type Logger,
  type NetworkConfig,
  type ProxyAddress,
  type ProxyConfig,
  type RunningGateway,
  type RunningProxy,
  type RunningWorker,
  runGateway,
  runProxy,
  runWorker,
  type SettlePolicy,
  type WorkerConfig,
  type WorkerMonitor,
} from "@cocoon/services";
import Database from "libsql";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cable, layCable } from "./cable.ts";
import {
  bondProxy,
  contextTokens,
  deploy,
  host,
  image,
  logKeyOf,
  ton,
  walletOf,
} from "./genesis.ts";
import { modelName } from "./model-name.ts";

export { council, councilDelaySeconds } from "./genesis.ts";
export { modelName } from "./model-name.ts";

/** Settles whatever there is, at once. */
export const settleEagerly: SettlePolicy = { thresholdNanotons: nanotons(1n), intervalMs: 100 };

export const modelPath = fileURLToPath(
  new URL("../../models/cocoon-tiny/cocoon-tiny-3m-q8_0.gguf", import.meta.url),
);

const engineName = "node-llama-cpp";
/** Whom every role of a test network believes: as on a devnet. */
const profiles = [simulatedProfile, ...publicProfiles];

/** A row of a role's table of channels: INTEGERs as numbers are exact here, the amounts are small. */
export type ChannelBooks = Readonly<Record<string, bigint | string>>;

/** Resolves with the first result that is not false or undefined; fails when there is none for five minutes, which no machine needs. */
export async function waitFor<Value>(
  what: string,
  look: () => Promise<Value | false | undefined> | Value | false | undefined,
): Promise<Value> {
  const deadline = Date.now() + 300_000;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

export type Network = {
  readonly home: string;
  readonly devnet: Devnet;
  readonly chain: ChainClient;
  readonly config: NetworkConfig;
  readonly manifestHash: string;
  /** Of the proxy's log, as its bond names it. 32 bytes. */
  readonly logKey: Uint8Array;
  /** Everything that any role logged. */
  readonly log: string[];
  /** A role that was closed may be started again: it has the same home, and a proxy the same port. */
  readonly startProxy: (
    changes?: Partial<ProxyConfig>,
    options?: ProxyOptions,
  ) => Promise<RunningProxy>;
  readonly startWorker: (name: string, options?: WorkerOptions) => Promise<RunningWorker>;
  readonly startGateway: (
    changes?: Partial<GatewayConfig>,
    options?: GatewayOptions,
  ) => Promise<RunningGateway>;
  /** A way to the proxy that can be cut. */
  readonly layCable: () => Promise<Cable>;
  /** Takes the chain away, and brings it back as it was. */
  readonly stopDevnet: () => Promise<void>;
  readonly restartDevnet: () => Promise<void>;
  readonly wallet: (role: string) => Wallet;
  /** The rows of a role's incoming_channels or outgoing_channels, as the file has them now. */
  readonly books: (
    role: string,
    table: "incoming_channels" | "outgoing_channels",
  ) => ChannelBooks[];
  /** What a role's database answers now. */
  readonly rows: <Row>(role: string, query: string) => Row[];
  /** Ends what was started, the newest first, and removes the folder. */
  readonly stop: () => Promise<void>;
};

export type ProxyOptions = {
  readonly now?: () => number;
  /** One that the network does not have is bonded first: start it before workers and clients. */
  readonly name?: string;
};

export type WorkerOptions = {
  readonly changes?: Partial<WorkerConfig>;
  /** Wraps the real engine, for faults. */
  readonly engine?: (real: LlamaEngine) => Engine;
  /** An engine in place of the real one. */
  readonly scripted?: Engine;
  /** Reaches the proxy through this. */
  readonly cable?: Cable;
  /** The worker's clock and its TEE's. */
  readonly now?: () => number;
  /** Wraps the TEE, for collateral that lapses. */
  readonly attester?: (real: Attester, vendor: SimulatedVendor) => Attester;
  /** How soon evidence that could not be renewed is tried again. */
  readonly evidenceRetryMs?: number;
  /** Told how the worker stands. */
  readonly monitor?: WorkerMonitor;
};

export type GatewayOptions = {
  /** Reaches the proxy through this. */
  readonly cable?: Cable;
  /** Names the home, so that one network can have several. */
  readonly name?: string;
  readonly now?: () => number;
  /** Where traces are sent. */
  readonly otlpEndpoint?: string;
};

/** Builds a chain with the contracts of a network of one proxy; roles are started by the test. */
export async function createNetwork(): Promise<Network> {
  const home = mkdtempSync(join(tmpdir(), "cocoon-network-"));
  const devnet = await startDevnet({ home: join(home, "devnet"), port: 0, blockMs: 20 });
  try {
    return await buildNetwork(home, devnet);
  } catch (error) {
    await devnet.stop();
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

async function buildNetwork(home: string, devnet: Devnet): Promise<Network> {
  const chain = createChainClient({
    endpoints: [devnet.url],
    networkId: devnet.networkId,
    requestTimeoutMs: 60_000,
    pollMs: 20,
  });
  const { manifestHash } = await createManifest({
    id: modelName,
    filePaths: [modelPath],
    contextTokens,
    engine: { name: engineName, version: llamaEngineVersion },
  });
  const config = await deploy({ home, devnet, chain, manifestHash });
  return new TestNetwork({ home, devnet, chain, config, manifestHash });
}

type Parts = Pick<Network, "home" | "devnet" | "chain" | "config" | "manifestHash">;

class TestNetwork implements Network {
  readonly home: string;
  readonly chain: ChainClient;
  readonly manifestHash: string;
  readonly log: string[] = [];
  #devnet: Devnet;
  #config: NetworkConfig;
  /** In the order of the configuration. */
  readonly #proxyNames = ["proxy"];
  readonly #running: { readonly close: () => Promise<void> }[] = [];

  constructor(parts: Parts) {
    this.home = parts.home;
    this.#devnet = parts.devnet;
    this.chain = parts.chain;
    this.manifestHash = parts.manifestHash;
    this.#config = parts.config;
  }

  get config(): NetworkConfig {
    return this.#config;
  }

  get devnet(): Devnet {
    return this.#devnet;
  }

  startProxy = async (
    changes: Partial<ProxyConfig> = {},
    { now = Date.now, name = "proxy" }: ProxyOptions = {},
  ): Promise<RunningProxy> => {
    const address = await this.#addressOf(name);
    const proxy = await runProxy(
      {
        home: join(this.home, name),
        network: this.#config,
        host,
        port: address.via?.port ?? 0,
        bond: address.bond,
        feeBps: 100,
        creditWindowNanotons: nanotons(ton / 10n),
        workerDepositNanotons: nanotons(5n * ton),
        closeTimeoutSeconds: 3_600,
        checkpointMs: 50,
        anchorMs: 100,
        payMs: 50,
        settle: { thresholdNanotons: nanotons(100n * ton), intervalMs: 60_000 },
        ...changes,
      },
      {
        chain: this.chain,
        profiles,
        logger: this.#logger(name),
        now,
        random: Math.random,
      },
    );
    const proxies = this.#config.proxies.map((other) => {
      return other.bond === address.bond ? { ...other, via: { host, port: proxy.port } } : other;
    });
    this.#config = { ...this.#config, proxies };
    return this.#track(proxy);
  };

  async #addressOf(name: string): Promise<ProxyAddress> {
    const known = this.#config.proxies[this.#proxyNames.indexOf(name)];
    if (known !== undefined) return known;
    const added = await bondProxy(this, name);
    this.#proxyNames.push(name);
    this.#config = { ...this.#config, proxies: [...this.#config.proxies, added] };
    return added;
  }

  startWorker = async (name: string, options: WorkerOptions = {}): Promise<RunningWorker> => {
    const { engine: wrap = (real) => real, changes = {}, now = Date.now, cable } = options;
    const { attester: wrapAttester = (real: Attester) => real, evidenceRetryMs } = options;
    await this.devnet.faucet(this.wallet(name).address, 10n * ton);
    const vendor = await createSimulatedVendor({ nowMs: now });
    const createEngine = async (): Promise<Engine> => {
      const logger = this.#logger(name);
      const slots = 4;
      return wrap(
        await createLlamaEngine({ modelPath, modelId: modelName, slots, contextTokens, logger }),
      );
    };
    const engine = options.scripted ?? (await createEngine());
    const config: WorkerConfig = {
      home: join(this.home, name),
      network: this.#configOver(cable),
      model: modelName,
      engine: { kind: "llama", modelPath },
      price: {
        promptPerMillion: nanotons(ton / 20n),
        completionPerMillion: nanotons(ton / 5n),
      },
      slots: 4,
      tickMs: 10,
      creditWindowNanotons: nanotons(ton / 10n),
      settle: { thresholdNanotons: nanotons(100n * ton), intervalMs: 60_000 },
      ...changes,
    };
    const worker = await runWorker(config, {
      chain: this.chain,
      attester: wrapAttester(vendor.attester(image), vendor),
      profiles,
      engine,
      manifestHash: this.manifestHash,
      engineHash: toHex(primitives.sha256(utf8(`${engineName}@${llamaEngineVersion}`))),
      logger: this.#logger(name),
      now,
      ...(evidenceRetryMs !== undefined && { evidenceRetryMs }),
      ...(options.monitor && { monitor: options.monitor }),
    });
    return this.#track(worker);
  };

  startGateway = async (
    changes: Partial<GatewayConfig> = {},
    { name = "gateway", now = Date.now, cable, otlpEndpoint }: GatewayOptions = {},
  ): Promise<RunningGateway> => {
    await this.devnet.faucet(this.wallet(name).address, 100n * ton);
    const gateway = await runGateway(
      {
        home: join(this.home, name),
        network: this.#configOver(cable),
        host,
        port: 0,
        tier: "dev",
        depositNanotons: nanotons(10n * ton),
        closeTimeoutSeconds: 3_600,
        bodyBytesMax: 1_048_576,
        ...changes,
      },
      {
        chain: this.chain,
        profiles,
        logger: this.#logger(name),
        now,
        otlpEndpoint,
      },
    );
    return this.#track(gateway);
  };

  books = (role: string, table: "incoming_channels" | "outgoing_channels"): ChannelBooks[] =>
    this.rows<ChannelBooks>(role, `SELECT * FROM ${table}`);

  rows = <Row>(role: string, query: string): Row[] => {
    const file = { proxy: "proxy.db", gateway: "gateway.db" }[role] ?? "worker.db";
    const database = new Database(join(this.home, role, file), { readonly: true });
    try {
      const statement = database.prepare(query).safeIntegers(true);
      // oxlint-disable-next-line no-unsafe-type-assertion -- the caller knows the columns
      return statement.all([]) as Row[];
    } finally {
      database.close();
    }
  };

  layCable = async (): Promise<Cable> => {
    const [proxy] = this.#config.proxies;
    return this.#track(await layCable(proxy?.via?.port ?? 0));
  };

  get logKey(): Uint8Array {
    return logKeyOf(this.home, this.chain.networkId);
  }

  stopDevnet = (): Promise<void> => this.#devnet.stop();

  restartDevnet = async (): Promise<void> => {
    const { port } = this.#devnet;
    this.#devnet = await startDevnet({ home: join(this.home, "devnet"), port, blockMs: 20 });
  };

  wallet = (role: string): Wallet => walletOf(this.home, this.chain, role);

  stop = async (): Promise<void> => {
    for (const role of this.#running.toReversed()) await role.close();
    await this.#devnet.stop();
    rmSync(this.home, { recursive: true, force: true });
  };

  #configOver(cable: Cable | undefined): NetworkConfig {
    if (cable === undefined) return this.#config;
    const proxies = this.#config.proxies.map((proxy) => {
      return { ...proxy, via: { host, port: cable.port } };
    });
    return { ...this.#config, proxies };
  }

  #track<Role extends { readonly close: () => Promise<void> }>(role: Role): Role {
    let closing: Promise<void> | undefined;
    const tracked = { ...role, close: () => (closing ??= role.close()) };
    this.#running.push(tracked);
    return tracked;
  }

  #logger(role: string): Logger {
    return createLogger({
      role,
      level: "debug",
      destination: { write: (line) => void this.log.push(line) },
    });
  }
}
