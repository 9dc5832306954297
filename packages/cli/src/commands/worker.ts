// `cocoon worker`: earn with this machine, in one command; and look after what it earns with.

import {
  CocoonError,
  type Nanotons,
  parseAddress,
  parseTon,
  type RawAddress,
  type WorkerReport,
} from "@cocoon/protocol";
import {
  createLogger,
  type Logger,
  readAccess,
  readConfigFile,
  readNetwork,
  type EngineGpu,
  engineGpus,
  type NetworkConfig,
  type WorkerConfig,
  WorkerMonitor,
  writeConfigFile,
} from "@cocoon/services";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Arguments, Run } from "../command.ts";
import { homeOf } from "../home.ts";
import { readLocalNetwork, requireLocalNetwork } from "../network/network-file.ts";
import { openWorkerOperator, workerBondActions } from "../operator/worker-bond.ts";
import { openChain } from "../roles/chain.ts";
import { listenForInterrupts } from "../supervisor/interrupts.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { changeConfig } from "../worker/change.ts";
import { showMonitor } from "../worker/dashboard.ts";
import { openDesk } from "../worker/desk.ts";
import { hostWorker } from "../worker/host.ts";
import { placeOf, readPlace, type WorkerPlace } from "../worker/place.ts";
import { setUpWorker } from "../worker/set-up.ts";
import type { Wishes } from "../worker/wishes.ts";
import { formatReport } from "../worker/show.ts";
import { actionOf } from "./node.ts";

export const worker: Run = async (given, terminal) => {
  const [name] = given.positionals;
  if (name === undefined) return await run(given, terminal);
  if (name === "status") return await status(given, terminal);
  const act = actionOf("worker", workerBondActions, name);
  await act(openWorkerOperator(given, terminal));
  return 0;
};

async function run(given: Arguments, terminal: Terminal): Promise<number> {
  const interrupts = listenForInterrupts(() => process.exit(130));
  try {
    await runIn(placeOf(given), { given, terminal, signal: interrupts.signal });
    return 0;
  } catch (error) {
    // Who says stop gets a stop, not a failure.
    if (interrupts.signal.aborted && isCancelled(error)) return 0;
    throw error;
  } finally {
    interrupts.release();
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof CocoonError && error.code === "cancelled";
}

type Running = {
  readonly given: Arguments;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
};

async function runIn(place: WorkerPlace, { given, signal, terminal }: Running): Promise<void> {
  const wishes = wishesOf(given);
  const found = readPlace(place);
  const known = found && changeKnown(place, found, wishes);
  const network = known?.network ?? networkOf(given);
  const logger = loggerOf(given, place);
  const chain = openChain(network, logger);
  const monitor = new WorkerMonitor({ networkId: network.networkId, now: Date.now });
  const modules = { chain, logger, monitor, signal };
  const { home } = place;
  const desk = await openDesk({ home, api: known?.api ?? { port: 0, origins: [] } }, modules);
  let stopShowing = showUnlessAsked(given, terminal, { monitor, isKnown: known !== undefined });
  try {
    const shelf = join(homeOf(given), "models");
    const dispute = disputeOf(given, network);
    const made =
      known === undefined
        ? await setUpWorker({ ...modules, home, network, shelf, terminal, wishes, dispute })
        : { config: known, served: undefined };
    if (known === undefined) {
      writeConfigFile(place.configPath, made.config);
      terminal.note(`configured in ${place.configPath}\n`);
      stopShowing();
      stopShowing = showMonitor(monitor, terminal);
    }
    desk.follow(made.config);
    await hostWorker(made.config, { ...modules, desk }, made.served);
  } finally {
    stopShowing();
    await desk.close();
    logger.close();
  }
}

/** With options, a later start changes what they name, for good. */
function changeKnown(
  { configPath }: WorkerPlace,
  known: WorkerConfig,
  wishes: Wishes,
): WorkerConfig {
  const config = changeConfig(known, wishes);
  if (!isDeepStrictEqual(config, known)) writeConfigFile(configPath, config);
  return config;
}

/** While questions are asked the screen is theirs. With --log a service manager reads the log instead. */
function showUnlessAsked(
  given: Arguments,
  terminal: Terminal,
  { monitor, isKnown }: { readonly monitor: WorkerMonitor; readonly isKnown: boolean },
): () => void {
  if (given.flag("log")) return () => undefined;
  if (!isKnown && terminal.isInteractive) return () => undefined;
  return showMonitor(monitor, terminal);
}

function networkOf(given: Arguments): NetworkConfig {
  const path = given.text("network");
  if (path === undefined) return requireLocalNetwork(homeOf(given));
  const json = readConfigFile(path);
  return readNetwork(json.has("network") ? json.object("network") : json);
}

/** JSON lines: to the worker's own file, or with --log to standard output. */
function loggerOf(given: Arguments, { home }: WorkerPlace): Logger {
  if (given.flag("log")) return createLogger({ role: "worker" });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const path = join(home, "worker.log");
  const write = (line: string): void => appendFileSync(path, line, { mode: 0o600 });
  return createLogger({ role: "worker", destination: { write } });
}

function wishesOf(given: Arguments): Wishes {
  const tiers = ["dev", "open", "confidential"] as const;
  const tier = given.text("tier");
  const known = tiers.find((candidate) => candidate === tier);
  if (tier !== undefined && known === undefined) {
    throw new UsageError(`--tier is one of ${tiers.join(", ")}`);
  }
  return {
    baseUrl: given.text("engine"),
    weightsPath: given.text("weights"),
    model: given.text("model"),
    backendModel: given.text("backend-model"),
    slots: given.uint("slots", { min: 1, max: 4_096 }),
    gpu: gpuOf(given),
    tier: known,
    promptPrice: tonOf(given, "prompt-price"),
    price: tonOf(given, "price"),
    floor: tonOf(given, "floor"),
    ceiling: tonOf(given, "ceiling"),
    costPerHour: tonOf(given, "cost"),
    bond: tonOf(given, "amount"),
    dispute: given.text("dispute"),
    payout: tonOf(given, "payout"),
    isSilent: given.flag("yes"),
  };
}

function gpuOf(given: Arguments): EngineGpu | undefined {
  const text = given.text("gpu");
  const known = engineGpus.find((candidate) => candidate === text);
  if (text === undefined || known !== undefined) return known;
  throw new UsageError(`--gpu is one of ${engineGpus.join(", ")}`);
}

function tonOf(given: Arguments, name: string): Nanotons | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const amount = parseTon(text);
  if (amount !== undefined) return amount;
  throw new UsageError(`--${name} is in TON, such as 0.25, with at most nine decimals`);
}

/** On a network of this machine its governance may cancel verdicts. */
function disputeOf(given: Arguments, { root }: NetworkConfig): RawAddress | undefined {
  const text = given.text("dispute");
  if (text !== undefined) {
    if (parseAddress(text) !== undefined) return text;
    throw new UsageError("--dispute is an address, 0: and 64 hex digits");
  }
  const local = readLocalNetwork(homeOf(given));
  if (local?.root !== root) return undefined;
  return local.wallets.find(({ name }) => name === "governance")?.address;
}

/** Asks a running worker over its own API. The exit status is 0 where work can come. */
async function status(given: Arguments, { style, write }: Terminal): Promise<number> {
  const access = readAccess(placeOf(given).home);
  if (access === undefined) {
    throw new CocoonError("peer_unreachable", { reason: "no worker was started here" });
  }
  const report = await askReport(access);
  if (given.flag("json")) write(`${JSON.stringify(report, undefined, 2)}\n`);
  else write(formatReport(report, style));
  return report.activity === "blocked" ? 1 : 0;
}

async function askReport({
  token,
  url,
}: {
  readonly url: string;
  readonly token: string;
}): Promise<WorkerReport> {
  let response: Response;
  try {
    response = await fetch(`${url}/v1/worker`, { headers: { authorization: `Bearer ${token}` } });
  } catch (cause) {
    throw new CocoonError("peer_unreachable", { reason: "the worker does not run" }, { cause });
  }
  const body: unknown = await response.json();
  if (!response.ok) throw new CocoonError("peer_misbehaved", { status: response.status });
  // oxlint-disable-next-line no-unsafe-type-assertion -- of this machine, this release, and its token's holder
  return body as WorkerReport;
}
