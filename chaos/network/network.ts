// A whole local network as `cocoon up` makes one, with a wire of the harness between every two roles.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { JsonReader, parseJson } from "@cocoon/protocol";
import { writeConfigFile } from "@cocoon/services";
import { configPath, logPath, type RoleName, roleNames } from "../../packages/cli/src/home.ts";
import { runGenesis } from "../../packages/cli/src/network/genesis.ts";
import { writeLocalNetwork } from "../../packages/cli/src/network/network-file.ts";
import { type NetworkPlan, planNetwork } from "../../packages/cli/src/network/plan.ts";
import { writeRoleConfigs } from "../../packages/cli/src/network/role-configs.ts";
import { freePortBase } from "../../packages/cli/testing/ports.ts";
import { CanaryWatch, type Canaries, hatchCanaries } from "../watch/canary.ts";
import { Backend, backendModel } from "./backend.ts";
import { Load } from "./load.ts";
import type { Patch } from "./patch.ts";
import { Relay } from "./relay.ts";
import { type Ending, RoleProcess } from "./role-process.ts";

/** Some forty answers of the scripted engine: near enough that who does not pay meets it. */
export const creditWindowNanotons = 150_000n;
const settle = { thresholdNanotons: "50000", intervalMs: 2_000 };

/** Who dials whom. */
export const proxyEdges = ["gateway-proxy", "worker-1-proxy", "worker-2-proxy"] as const;
export const chainEdges = [
  "gateway-devnet",
  "proxy-devnet",
  "worker-1-devnet",
  "worker-2-devnet",
] as const;
export type Edge = (typeof proxyEdges)[number] | (typeof chainEdges)[number];

export type Network = {
  readonly home: string;
  readonly plan: NetworkPlan;
  readonly roles: Readonly<Record<RoleName, RoleProcess>>;
  readonly relays: ReadonlyMap<Edge, Relay>;
  readonly backend: Backend;
  readonly load: Load;
  readonly canaries: Canaries;
  readonly watch: CanaryWatch;
  /** Roles that ended by themselves. */
  readonly endings: readonly Ending[];
  /** Wires on which a canary was seen. */
  readonly leaks: ReadonlySet<string>;
  /** Asks every role to end and kills those that do not in time; resolves with what is wrong with that. */
  readonly stop: () => Promise<readonly string[]>;
  /** Ends what still runs at once, and removes the folder unless it is to be looked at. */
  readonly close: (keepsHome: boolean) => Promise<void>;
};

export type NetworkOptions = { readonly callers: number; readonly planted: readonly Patch[] };

/** What a busy machine needs; a role that waits for a peer that is gone needs more. */
const stopGraceMs = 60_000;

export async function startNetwork({ callers, planted }: NetworkOptions): Promise<Network> {
  const home = mkdtempSync(join(tmpdir(), "cocoon-chaos-"));
  const plan = await planNetwork({ home, portBase: await freePortBase() });
  const canaries = hatchCanaries();
  const watch = new CanaryWatch(canaries);
  const leaks = new Set<string>();
  const backend = await Backend.open(canaries.answer);
  const relays = await layRelays(plan, (edge) => {
    const isInPiece = watch.follow();
    return (piece) => {
      if (isInPiece(piece)) leaks.add(edge);
    };
  });
  writeRoleConfigs(plan);
  writeLocalNetwork(home, plan.network);
  for (const role of roleNames) rewire(plan, role, { relays, backend });
  const endings: Ending[] = [];
  mkdirSync(dirname(logPath(home, "proxy")), { recursive: true });
  const create = (name: RoleName): RoleProcess =>
    new RoleProcess(name, home, planted, (ending) => void endings.push(ending));
  const roles = {
    devnet: create("devnet"),
    proxy: create("proxy"),
    "worker-1": create("worker-1"),
    "worker-2": create("worker-2"),
    gateway: create("gateway"),
  };
  await roles.devnet.start();
  await runGenesis(plan, () => undefined);
  await roles.proxy.start();
  await Promise.all([roles.gateway.start(), roles["worker-1"].start(), roles["worker-2"].start()]);
  const { gateway: port } = plan.ports;
  const load = new Load({ port, model: plan.network.model.name, canaries, callers });
  const order = [...roleNames].toReversed();
  const stop = async (): Promise<readonly string[]> => {
    const late: string[] = [];
    for (const name of order) {
      const beganMs = performance.now();
      const isInOrder = await roles[name].stop(stopGraceMs);
      const tookS = Math.round((performance.now() - beganMs) / 1_000);
      if (!isInOrder) late.push(`${name} did not end in order within ${tookS} s`);
    }
    return late;
  };
  const close = async (keepsHome: boolean): Promise<void> => {
    for (const name of order) await roles[name].kill();
    await Promise.all([...relays.values()].map((relay) => relay.close()));
    await backend.close();
    if (!keepsHome) rmSync(home, { recursive: true, force: true });
  };
  return { home, plan, roles, relays, backend, load, canaries, watch, endings, leaks, stop, close };
}

async function layRelays(
  { ports }: NetworkPlan,
  observe: (edge: Edge) => (piece: Buffer) => void,
): Promise<ReadonlyMap<Edge, Relay>> {
  const relays = new Map<Edge, Relay>();
  for (const name of [...proxyEdges, ...chainEdges]) {
    const to = name.endsWith("-proxy") ? ports.proxy : ports.devnet;
    relays.set(name, await Relay.open({ name, to, observe: () => observe(name) }));
  }
  return relays;
}

/** The role's own settings but for whom it dials, and limits that a short run can reach. */
function rewire(
  { home }: NetworkPlan,
  role: RoleName,
  { relays, backend }: Pick<Network, "relays" | "backend">,
): void {
  if (role === "devnet") return;
  const path = configPath(home, role);
  // oxlint-disable-next-line no-unsafe-type-assertion -- what writeRoleConfigs() has just written
  const config = JSON.parse(readFileSync(path, "utf8")) as Config;
  const chainPort = portOf(relays, `${role}-devnet`);
  const endpoints = [`http://127.0.0.1:${chainPort}/api/v2/jsonRPC`];
  const proxies = config.network.proxies.map((proxy) =>
    role === "proxy"
      ? proxy
      : { ...proxy, via: { host: "127.0.0.1", port: portOf(relays, `${role}-proxy`) } },
  );
  writeConfigFile(path, {
    ...config,
    network: { ...config.network, endpoints, proxies },
    ...(role !== "gateway" && { settle, creditWindowNanotons: String(creditWindowNanotons) }),
    ...(role.startsWith("worker-") && {
      engine: { kind: "http", baseUrl: backend.baseUrl, backendModel },
      tickMs: 10,
    }),
  });
}

type Config = {
  readonly network: { readonly proxies: readonly object[] };
};

function portOf(relays: ReadonlyMap<Edge, Relay>, edge: Edge): number {
  const relay = relays.get(edge);
  if (relay === undefined) throw new RangeError(`no wire ${edge}`);
  return relay.port;
}

/** What the gateway says at a path. */
export async function askGateway(
  network: Network,
  path: string,
  body?: object,
): Promise<JsonReader> {
  const { gateway } = network.plan.ports;
  const response = await fetch(`http://127.0.0.1:${gateway}${path}`, {
    signal: AbortSignal.timeout(120_000),
    // A connection that is kept may have been ended by the time it is used again.
    headers: { connection: "close", "content-type": "application/json" },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  return new JsonReader(parseJson(await response.text(), "internal"), "internal");
}
