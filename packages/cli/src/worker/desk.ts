// What a worker's owner looks at while it runs: its API, its wallet, its bond, and how warm the machine is.

import type { BondReport, RawAddress } from "@cocoon/protocol";
import { type ChainClient, readWorkerBond } from "@cocoon/sdk";
import {
  cockpitView,
  errorFields,
  type Logger,
  readSensors,
  type RunningCockpit,
  type RunningWorker,
  runProgram,
  serveCockpit,
  startTicker,
  viewMachine,
  whileFound,
  type WorkerConfig,
  type WorkerMonitor,
} from "@cocoon/services";

export type DeskModules = {
  readonly chain: ChainClient;
  readonly logger: Logger;
  readonly monitor: WorkerMonitor;
};

export type Desk = {
  readonly url: string | undefined;
  /** From now on this worker's books are shown; undefined: it stopped. */
  readonly show: (worker: RunningWorker | undefined) => void;
  /** The bond to look at, once there is one. */
  readonly follow: (config: Pick<WorkerConfig, "bond">) => void;
  readonly close: () => Promise<void>;
};

const chainMs = 10_000;
const sensorsMs = 5_000;

/** Opens the desk of a worker that may not run yet. Throws option_invalid when its port can't be had. */
export async function openDesk(
  config: Pick<WorkerConfig, "api" | "bond" | "home">,
  modules: DeskModules,
): Promise<Desk> {
  const { logger, monitor } = modules;
  let shown: RunningWorker | undefined;
  let followed: Pick<WorkerConfig, "bond"> = config;
  let cockpit: RunningCockpit | undefined;
  if (config.api !== undefined) {
    const view = cockpitView(monitor, () => shown?.books);
    cockpit = await serveCockpit({ home: config.home, config: config.api, view, logger });
  }
  const warn = (error: unknown): void => logger.warn("tick_failed", errorFields(error));
  const look = (): Promise<void> => lookAtChain(followed, modules);
  const machine = viewMachine("/", whileFound(runProgram));
  const tickers = [
    startTicker(chainMs, look, warn),
    startTicker(sensorsMs, async () => monitor.know({ sensors: await readSensors(machine) }), warn),
  ];
  return {
    url: cockpit?.url,
    show: (worker) => {
      shown = worker;
      if (worker !== undefined) look().catch(warn);
    },
    follow: (later) => {
      followed = later;
    },
    close: async () => {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
      await cockpit?.close();
    },
  };
}

async function lookAtChain(
  { bond }: Pick<WorkerConfig, "bond">,
  { chain, monitor }: DeskModules,
): Promise<void> {
  const { wallet } = monitor.report();
  if (wallet !== null) {
    const { balance } = await chain.account(wallet.address);
    monitor.know({ wallet: { ...wallet, balanceNanotons: balance.toString() } });
  }
  if (bond !== undefined) monitor.know({ bond: await bondReport(chain, bond) });
}

async function bondReport(chain: ChainClient, address: RawAddress): Promise<BondReport> {
  const state = await readWorkerBond(chain, address);
  return {
    address,
    phase: state?.phase ?? "absent",
    atStakeNanotons: (state?.bond ?? 0n).toString(),
    isAccused: state?.pending !== undefined,
  };
}
