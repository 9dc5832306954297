import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CocoonError } from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";
import type { ChildEvent, FromChild, Loaded, LoadOrder, ToChild } from "./llama-messages.ts";

export type LlamaProcessOptions = {
  readonly order: LoadOrder;
  readonly logger: Logger | undefined;
  /** How long to wait before a start, by how many starts or runs have failed in a row. */
  readonly restartDelayMs: (failures: number) => number;
  readonly onEvents: (events: readonly ChildEvent[]) => void;
  /** The child died: nothing that it was asked will be answered. */
  readonly onDown: () => void;
  /** A start failed; another will follow. */
  readonly onStartFailed: () => void;
  readonly onUp: () => void;
};

/** What a child says before it is ready goes into the error of a failed start; no prompt can be in it. */
const startOutputLengthMax = 2_048;

/** Keeps one child that runs the model: starts it, and starts it again whenever it dies. */
export class LlamaProcess {
  readonly #options: LlamaProcessOptions;
  #child: ChildProcess | undefined;
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: LlamaProcessOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the child and waits until the model is loaded. Throws engine_unavailable. */
  async start(): Promise<Loaded> {
    const child = forkChild();
    this.#child = child;
    const output = collectOutput(child);
    const exited = new Promise<undefined>((resolve) => {
      child.once("exit", () => resolve(undefined));
      child.once("error", () => resolve(undefined));
    });
    const answered = new Promise<FromChild>((resolve) => child.once("message", resolve));
    child.send(this.#options.order, ignoreError);
    const message = await Promise.race([answered, exited]);
    const text = output.stop();
    if (message?.type !== "loaded" || this.#isClosed) {
      child.kill("SIGKILL");
      throw new CocoonError("engine_unavailable", {}, { cause: new Error(text) });
    }
    child.on("message", (later: FromChild) => this.#take(later));
    void exited.then(() => this.#died(child));
    this.#options.logger?.event("engine_started", {
      threads: message.threads,
      usesGpu: message.gpu !== undefined,
    });
    return message;
  }

  send(message: ToChild): void {
    this.#child?.send(message, ignoreError);
  }

  /** Ends a child that hangs; it is started again. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Kills the child and waits until it is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  #take(message: FromChild): void {
    if (message.type !== "events") return;
    if (message.events.some((event) => event.kind === "finish")) this.#failures = 0;
    this.#options.onEvents(message.events);
  }

  #died(child: ChildProcess): void {
    if (this.#isClosed) return;
    const { exitCode, signalCode } = child;
    const fields = { exitCode: exitCode ?? -1, killed: signalCode !== null };
    this.#options.logger?.warn("engine_died", fields);
    this.#options.onDown();
    this.#startLater();
  }

  #startLater(): void {
    this.#failures += 1;
    const delayMs = this.#options.restartDelayMs(this.#failures);
    this.#restart = setTimeout(() => void this.#startAgain(), delayMs);
  }

  async #startAgain(): Promise<void> {
    try {
      await this.start();
    } catch {
      if (this.#isClosed) return;
      this.#options.logger?.error("engine_start_failed", { failures: this.#failures });
      this.#options.onStartFailed();
      this.#startLater();
      return;
    }
    this.#options.onUp();
  }
}

/** The child as it was built, also when this file runs from source: without the parent's loaders it starts twice as fast. */
function forkChild(): ChildProcess {
  const entry = fileURLToPath(new URL("../../dist/engine/llama-child.js", import.meta.url));
  return fork(entry, [], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

/** Gathers what the child prints until stopped. What it prints after that is read and forgotten. */
function collectOutput(child: ChildProcess): { readonly stop: () => string } {
  let text = "";
  let stopped = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (piece: Buffer) => {
      if (!stopped && text.length < startOutputLengthMax) text += piece.toString("utf8");
    });
  }
  return {
    stop: () => {
      stopped = true;
      return text.slice(0, startOutputLengthMax);
    },
  };
}

/** A message to a child that just died is lost; its exit tells. */
function ignoreError(): void {}
