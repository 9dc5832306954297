// A worker that comes up as soon as it can, says why it cannot yet, and comes up again after whatever took it down.

import { CocoonError, type ErrorCode } from "@cocoon/protocol";
import type { ChainClient } from "@cocoon/sdk";
import {
  environment,
  errorFields,
  type Logger,
  ownIdleCode,
  runWorker,
  type WorkerConfig,
  type WorkerMonitor,
} from "@cocoon/services";
import { profilesOf } from "../network/trust.ts";
import { attesterOf } from "../roles/attester.ts";
import { loadModel, type ServedModel } from "../roles/served-model.ts";
import { unlessAborted, wait } from "../waiting.ts";
import type { Desk } from "./desk.ts";

export type Hosting = {
  readonly chain: ChainClient;
  readonly desk: Desk;
  readonly logger: Logger;
  readonly monitor: WorkerMonitor;
  readonly signal: AbortSignal;
};

const [retryMinMs, retryMaxMs] = [500, 15_000];

/** What no waiting mends: the operator has to change something first. */
const finalCodes: ReadonlySet<ErrorCode> = new Set([
  "cancelled",
  "internal",
  "option_invalid",
  "storage_failed",
]);

/**
 * Runs a worker until the signal aborts. `ready` is an engine that was loaded already, for the first start. Throws what
 * only a change of the configuration mends, and cancelled.
 */
export async function hostWorker(
  config: WorkerConfig,
  hosting: Hosting,
  ready?: ServedModel,
): Promise<void> {
  let served = ready;
  await persist(hosting, async () => {
    const mine = served;
    served = undefined;
    await serveOnce(config, hosting, mine);
  });
}

/** Does a task until it is done, with growing pauses. What it fails of is the reason why there is no work. */
export async function persist<Value>(
  { logger, monitor, signal }: Pick<Hosting, "logger" | "monitor" | "signal">,
  task: () => Promise<Value>,
): Promise<Value> {
  for (let failures = 0; ; failures += 1) {
    try {
      const value = await task();
      monitor.fault("starting");
      monitor.mendOthers("starting");
      return value;
    } catch (error) {
      if (signal.aborted) throw new CocoonError("cancelled");
      if (!(error instanceof CocoonError) || finalCodes.has(error.code)) throw error;
      logger.warn("worker_waits", errorFields(error));
      const reason = ownIdleCode(error.code);
      monitor.fault(reason, detailOf(error));
      monitor.mendOthers(reason);
      await wait(Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures, 10)), signal);
    }
  }
}

function detailOf({ code, details }: CocoonError): string {
  const { reason } = details;
  return typeof reason === "string" ? `${code}: ${reason}` : code;
}

/** One life of the worker. Throws what it could not be started for, and what it failed of. */
async function serveOnce(
  config: WorkerConfig,
  { chain, desk, logger, monitor, signal }: Hosting,
  ready: ServedModel | undefined,
): Promise<void> {
  const profiles = await profilesOf(config.network.networkId);
  const now = Date.now;
  const served = ready ?? (await serve(config, { chain, logger }));
  const worker = await startOrClose(served, async () => {
    const attester = await attesterOf(config, { profiles, logger, now });
    return await runWorker(config, {
      ...served,
      chain,
      attester,
      profiles,
      logger,
      monitor,
      now,
      passphrase: environment().passphrase,
    });
  });
  desk.show(worker);
  try {
    const failure = await unlessAborted(worker.failed, signal);
    throw failure;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    desk.show(undefined);
    await worker.close();
  }
}

async function serve(
  config: WorkerConfig,
  { chain, logger }: Pick<Hosting, "chain" | "logger">,
): Promise<ServedModel> {
  const loaded = await loadModel(config, logger);
  try {
    return await loaded.complete(chain);
  } catch (error) {
    await loaded.discard();
    throw error;
  }
}

/** runWorker() closes the engine that it was given; what fails before leaves it to us. */
async function startOrClose<Value>(
  { engine }: ServedModel,
  start: () => Promise<Value>,
): Promise<Value> {
  try {
    return await start();
  } catch (error) {
    await engine.close();
    throw error;
  }
}
