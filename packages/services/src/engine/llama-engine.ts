import { randomInt } from "node:crypto";
import { type ChatRequest, CocoonError, type EmbeddingRequest } from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";
import { checkServed } from "./capabilities.ts";
import {
  cacheScopeOf,
  type Embeddings,
  type Engine,
  type EngineEvent,
  type EngineLoad,
  type EngineModel,
  type RunOptions,
} from "./engine.ts";
import { EventChannel } from "./event-channel.ts";
import { anyObjectGrammar, schemaGrammar } from "./json-grammar.ts";
import {
  type ChildEvent,
  type EmbedOrder,
  type GpuChoice,
  type GpuKind,
  isLast,
  type PromptSource,
  type RunOrder,
} from "./llama-messages.ts";
import { LlamaProcess } from "./llama-process.ts";
import { seedOf } from "./seed.ts";
import { SlotQueue } from "./slot-queue.ts";
import { ToolCallReader } from "./tool-call-reader.ts";
import { forcedCallGrammar, plainMessages } from "./tool-prompt.ts";

export type LlamaEngineOptions = {
  /** A GGUF file. */
  readonly modelPath: string;
  /** What runs it. Default `auto`. */
  readonly gpu?: GpuChoice | undefined;
  /** The name that requests must give. */
  readonly modelId: string;
  /** Requests generated at once, batched. */
  readonly slots: number;
  /** Requests that may wait for a slot. Default 64. */
  readonly queueMax?: number | undefined;
  /** Prompt and answer of one request. Default: what the model was trained for, at most 8,192. */
  readonly contextTokens?: number | undefined;
  /** Default: 1 for weights under 200 MB, else what a measurement at start finds fastest. */
  readonly threads?: number | undefined;
  /** For requests that name none. Default 0: the same request then has the same answer, which an auditor can repeat. */
  readonly temperatureDefault?: number | undefined;
  readonly logger?: Logger | undefined;
  /** A child that says nothing for so long while it has work hangs, and is ended. Default 120 s. */
  readonly stallTimeoutMs?: number | undefined;
  /** Waiting time before the child is started again. Default: 100 ms, doubled with each failure, at most 10 s. */
  readonly restartDelayMs?: ((failures: number) => number) | undefined;
};

/** The version of node-llama-cpp that the engine runs, for the model's manifest. */
export const llamaEngineVersion = "3.21.1";

const queueDefaultMax = 64;
/** llama.cpp reads the largest 32-bit seed as `random`. */
const seedBits = 31;
/** One token, or 256 of a prompt, take the slowest sensible model less than a minute. */
const stallTimeoutDefaultMs = 120_000;

/** Loads a model in a child process. Throws engine_unavailable when that fails; its cause says what the child said. */
export async function createLlamaEngine(options: LlamaEngineOptions): Promise<LlamaEngine> {
  const engine = new LlamaEngine(options);
  await engine.start();
  return engine;
}

type Run = {
  readonly events: EventChannel<ChildEvent>;
  /** Gives the slot back. */
  readonly release: () => void;
};

/** llama.cpp in a child process. Runs fail when the child dies; it is started again, and those in line go on. */
export class LlamaEngine implements Engine {
  readonly #options: LlamaEngineOptions;
  readonly #queue: SlotQueue;
  readonly #process: LlamaProcess;
  readonly #runs = new Map<number, Run>();
  #model: EngineModel;
  #gpu: GpuKind | undefined;
  #nextId = 1;
  #isUp = false;
  #isClosed = false;
  #stall: NodeJS.Timeout | undefined;

  /** Use createLlamaEngine. */
  constructor(options: LlamaEngineOptions) {
    const { modelPath, gpu = "auto", slots, contextTokens, threads } = options;
    this.#options = options;
    this.#model = {
      id: options.modelId,
      contextTokens,
      capabilities: [
        "completions",
        "embeddings",
        "forced_tools",
        "json_object",
        "json_schema",
        "penalties",
        "tools",
      ],
    };
    this.#queue = new SlotQueue({ slots, queueMax: options.queueMax ?? queueDefaultMax });
    this.#process = new LlamaProcess({
      order: { type: "load", modelPath, gpu, slots, contextTokens, threads },
      logger: options.logger,
      restartDelayMs: options.restartDelayMs ?? doublingDelayMs,
      onEvents: (events) => this.#take(events),
      onDown: () => {
        this.#isUp = false;
        this.#queue.pause();
        this.#failRuns("engine_failed");
      },
      onStartFailed: () => this.#queue.refuseWaiting(new CocoonError("engine_unavailable")),
      onUp: () => {
        this.#isUp = true;
        this.#queue.resume();
      },
    });
  }

  async start(): Promise<void> {
    const { contextTokens, gpu } = await this.#process.start();
    this.#gpu = gpu;
    this.#model = { ...this.#model, contextTokens };
    this.#isUp = true;
  }

  get models(): readonly EngineModel[] {
    return [this.#model];
  }

  /** What it runs on; undefined: the processor. */
  get gpu(): GpuKind | undefined {
    return this.#gpu;
  }

  /** The child's process id, while there is one. */
  get childPid(): number | undefined {
    return this.#process.pid;
  }

  load(): EngineLoad {
    return this.#queue.load();
  }

  async *run(request: ChatRequest, options: RunOptions): AsyncGenerator<EngineEvent, void, void> {
    checkServed(request, this.#model);
    const order = this.#orderOf(request, options);
    const reader = new ToolCallReader(request.toolChoice === "none" ? [] : request.tools);
    for await (const event of this.#ask(order, options.signal)) yield* engineEvents(event, reader);
  }

  async embed(request: EmbeddingRequest, options: RunOptions): Promise<Embeddings> {
    if (request.model !== this.#model.id) {
      throw new CocoonError("model_unknown", { param: "model" });
    }
    const order: EmbedOrder = {
      type: "embed",
      id: this.#takeId(),
      inputs: request.inputs,
      tokensPaid: options.tokensMax,
    };
    for await (const event of this.#ask(order, options.signal)) {
      if (event.kind !== "embedded") continue;
      const { vectors, promptTokens } = event;
      return { vectors, usage: { promptTokens, completionTokens: 0 } };
    }
    throw new CocoonError("engine_failed");
  }

  /** Gives an order to the child when it is its turn, and what the child tells of it. Leaving early cancels it. */
  async *#ask(
    order: RunOrder | EmbedOrder,
    signal: AbortSignal,
  ): AsyncGenerator<ChildEvent, void, void> {
    if (this.#isClosed) throw new CocoonError("engine_unavailable");
    const release = await this.#queue.acquire(signal);
    const events = new EventChannel<ChildEvent>();
    this.#beginRun(order.id, { events, release });
    this.#process.send(order);
    const cancel = () => {
      this.#process.send({ type: "cancel", id: order.id });
      events.fail(new CocoonError("cancelled"));
    };
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      yield* events;
    } finally {
      signal.removeEventListener("abort", cancel);
      if (this.#runs.has(order.id)) cancel();
    }
  }

  async countPromptTokens(request: ChatRequest): Promise<number> {
    if (!this.#isUp) throw new CocoonError("engine_unavailable");
    const events = new EventChannel<ChildEvent>();
    const id = this.#takeId();
    this.#beginRun(id, { events, release: () => undefined });
    this.#process.send({ type: "count", id, prompt: promptOf(request) });
    for await (const event of events) if (event.kind === "counted") return event.promptTokens;
    throw new CocoonError("engine_failed");
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isUp = false;
    this.#queue.refuseWaiting(new CocoonError("engine_unavailable"));
    this.#failRuns("engine_unavailable");
    await this.#process.close();
  }

  #orderOf(request: ChatRequest, options: RunOptions): RunOrder {
    return {
      type: "run",
      id: this.#takeId(),
      prompt: promptOf(request),
      tokensAsked: request.tokensMax,
      tokensPaid: options.tokensMax,
      temperature: request.temperature ?? this.#options.temperatureDefault ?? 0,
      topP: request.topP ?? 1,
      seed: request.seed === undefined ? randomInt(2 ** 31) : seedOf(request.seed, seedBits),
      presencePenalty: request.presencePenalty ?? 0,
      frequencyPenalty: request.frequencyPenalty ?? 0,
      stop: request.stop,
      grammar: grammarOf(request),
      cacheScope: cacheScopeOf(request, options),
    };
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  #take(events: readonly ChildEvent[]): void {
    for (const event of events) {
      const run = this.#runs.get(event.id);
      if (run === undefined) continue;
      if (event.kind === "refused") run.events.fail(new CocoonError(event.code, event.details));
      else run.events.push(event);
      if (isLast(event)) this.#endRun(event.id, run);
    }
    this.#stall?.refresh();
  }

  #beginRun(id: number, run: Run): void {
    this.#runs.set(id, run);
    const stallTimeoutMs = this.#options.stallTimeoutMs ?? stallTimeoutDefaultMs;
    this.#stall ??= setTimeout(() => this.#process.kill(), stallTimeoutMs);
  }

  #endRun(id: number, run: Run): void {
    this.#runs.delete(id);
    run.events.end();
    run.release();
    if (this.#runs.size > 0) return;
    clearTimeout(this.#stall);
    this.#stall = undefined;
  }

  #failRuns(code: "engine_failed" | "engine_unavailable"): void {
    for (const [id, run] of this.#runs) {
      run.events.fail(new CocoonError(code));
      this.#endRun(id, run);
    }
  }
}

function promptOf(request: ChatRequest): PromptSource {
  return request.prompt ?? plainMessages(request);
}

function* engineEvents(event: ChildEvent, reader: ToolCallReader): Iterable<EngineEvent> {
  if (event.kind === "delta") {
    const { text, toolCalls } = reader.push(event.text);
    const calls = toolCalls.length > 0 ? { toolCalls } : {};
    if (text === "" && toolCalls.length === 0) return;
    yield { type: "delta", text, tokenIds: event.tokenIds, ...calls };
    return;
  }
  if (event.kind !== "finish") return;
  const text = reader.end();
  if (text !== "") yield { type: "delta", text };
  const { usage, promptTokenIds, answerTokenIds } = event;
  const reason = event.reason === "stop" && reader.hasCalls ? "tool_calls" : event.reason;
  yield { type: "finish", reason, usage, promptTokenIds, answerTokenIds };
}

function grammarOf(request: ChatRequest): string | undefined {
  const { responseFormat } = request;
  const forced = forcedCallGrammar(request);
  if (forced !== undefined) return forced;
  switch (responseFormat.type) {
    case "text":
      return undefined;
    case "json_object":
      return anyObjectGrammar();
    case "json_schema":
      return schemaGrammar(responseFormat.schema);
  }
}

function doublingDelayMs(failures: number): number {
  return Math.min(100 * 2 ** (failures - 1), 10_000);
}
