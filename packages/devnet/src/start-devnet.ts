import { CocoonError, isErrorCode, networkIds } from "@cocoon/protocol";
import { Worker } from "node:worker_threads";
import type { ChainMessage, ChainOptions } from "./chain-thread.ts";

export type DevnetOptions = {
  /** Folder of the chain, created when absent. Without it the chain is forgotten at the stop. */
  readonly home?: string;
  /** Where the API listens. Default 127.0.0.1: whoever reaches it can make money and move time. */
  readonly host?: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** How long after its first transaction a block is sealed; 0 seals one for each message. Default 1,000. */
  readonly blockMs?: number;
  /** How many records a start may have to read again after a crash. Default 1,000. */
  readonly snapshotEvery?: number;
  /** Told about faults of the API that a client saw as status 500. Default: a warning of the process. */
  readonly onFault?: (error: unknown) => void;
};

/** A TON chain for development, running in its own thread. */
export type Devnet = {
  /** JSON-RPC endpoint of toncenter's API v2, for TonClient. */
  readonly url: string;
  /** Global id that wallets and vouchers are bound to. */
  readonly networkId: number;
  readonly port: number;
  /** What was there at the start; 1 block on a new chain. */
  readonly restored: { readonly blockCount: number; readonly transactionCount: number };
  /** Makes money at an address in any form. Resolves when it is durable. */
  readonly faucet: (address: string, nanotons: bigint) => Promise<void>;
  /** Moves the chain's clock forward, for good. */
  readonly advanceTime: (seconds: number) => Promise<void>;
  /** Resolves when the thread has ended: to nothing after stop(), to the error when it failed. */
  readonly stopped: Promise<Error | undefined>;
  /** Answers what is in progress, seals the last block and frees the port. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a chain. Throws storage_corrupt when its folder is damaged, storage_failed when another process
 * uses it, option_invalid when the port is taken.
 */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const { home, host = "127.0.0.1", port, blockMs = 1_000, snapshotEvery = 1_000 } = options;
  const chainOptions: ChainOptions = { home, host, port, blockMs, snapshotEvery };
  const worker = new Worker(threadUrl, { workerData: chainOptions, execArgv: [] });
  const stopped = endOf(worker);
  const message = await Promise.race([firstMessage(worker), stopped.then(refuseEarlyEnd)]);
  if (message.kind !== "ready") {
    await stopped;
    throw message.kind === "refused"
      ? new CocoonError(message.code, message.details)
      : new CocoonError("internal", {}, { cause: message.error });
  }
  reportFaults(worker, options.onFault ?? warn);
  const origin = `http://${host}:${message.port}`;
  return {
    url: `${origin}/api/v2/jsonRPC`,
    networkId: networkIds.devnet,
    port: message.port,
    restored: { blockCount: message.blockCount, transactionCount: message.transactionCount },
    faucet: (address, nanotons) =>
      control(`${origin}/devnet/faucet`, { address, nanotons: nanotons.toString() }),
    advanceTime: (advanceSeconds) => control(`${origin}/devnet/time`, { advanceSeconds }),
    stopped,
    stop: async () => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage("stop");
      const failure = await stopped;
      if (failure !== undefined) throw failure;
    },
  };
}

/** The thread's module as it was built, also when this file runs from source: a thread inherits no loader on Node 20. */
const threadUrl = new URL("../dist/chain-thread.js", import.meta.url);

function endOf(worker: Worker): Promise<Error | undefined> {
  return new Promise((resolve) => {
    worker.once("error", (error: unknown) => resolve(failureOf(error)));
    worker.once("exit", () => resolve(undefined));
  });
}

/** What the thread died of. On its way here an error has lost its class. */
function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) return new CocoonError("internal", {}, { cause: error });
  const code = "code" in error ? String(error.code) : "";
  return isErrorCode(code) ? new CocoonError(code, {}, { cause: error }) : error;
}

function firstMessage(worker: Worker): Promise<ChainMessage> {
  return new Promise((resolve) => {
    worker.once("message", resolve);
  });
}

function refuseEarlyEnd(failure: Error | undefined): never {
  throw failure ?? new CocoonError("internal", { reason: "the chain ended before it was ready" });
}

function reportFaults(worker: Worker, onFault: (error: unknown) => void): void {
  worker.on("message", (message: ChainMessage) => {
    if (message.kind === "fault") onFault(message.error);
  });
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/** Calls one of the API's own controls. Throws chain_unavailable with what the API says. */
async function control(url: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new CocoonError("chain_unavailable", {}, { cause });
  });
  const text = await response.text();
  if (!response.ok) throw new CocoonError("chain_unavailable", { reason: text.slice(0, 512) });
}
