import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { CocoonError } from "@cocoon/protocol";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { Embedder } from "./llama-embed.ts";
import { generate, type LlamaParts } from "./llama-generate.ts";
import type {
  ChildEvent,
  GpuChoice,
  Loaded,
  LoadOrder,
  PromptSource,
  RunOrder,
  ToChild,
} from "./llama-messages.ts";
import { PromptTemplate } from "./llama-prompt.ts";
import { SequencePool } from "./sequence-pool.ts";
import { chooseThreads, singleThreadBytesMax } from "./thread-count.ts";

/** A context costs memory for each sequence; larger ones must be asked for. */
const contextTokensDefaultMax = 8_192;
const measuredTokens = 20;

/** A model in memory, with its sequences. Lives in the child. */
export class LoadedModel {
  readonly loaded: Loaded;
  readonly #parts: LlamaParts;
  readonly #embedder: Embedder;
  readonly #emit: (event: ChildEvent) => void;
  readonly #cancelled = new Map<number, boolean>();

  private constructor(parts: LlamaParts, threads: number, emit: (event: ChildEvent) => void) {
    const { llama, model, contextTokens } = parts;
    this.#parts = parts;
    this.#embedder = new Embedder({ model, contextTokens, threads });
    this.#emit = emit;
    this.loaded = { type: "loaded", gpu: llama.gpu || undefined, contextTokens, threads };
  }

  static async load(order: LoadOrder, emit: (event: ChildEvent) => void): Promise<LoadedModel> {
    const cores = availableParallelism();
    const llama = await openLlama(order.gpu, order.threads ?? Math.max(1, cores - 1));
    const model = await llama.loadModel({ modelPath: order.modelPath });
    const threads = order.threads ?? (await fastestThreads(model, order.modelPath, cores));
    const contextTokens = Math.min(
      order.contextTokens ?? contextTokensDefaultMax,
      model.trainContextSize,
    );
    const { slots } = order;
    // Flash attention is fixed, not left on `auto`: it changes the last digits, and so which class of engine this is.
    const options = {
      contextSize: contextTokens,
      sequences: slots,
      threads,
      flashAttention: false,
    };
    const context = await model.createContext(options);
    const sequences = Array.from({ length: slots }, () => context.getSequence());
    const template = new PromptTemplate(model);
    const pool = new SequencePool(sequences);
    const turnEnd = template.stops();
    const parts = { llama, model, template, pool, contextTokens, turnEnd };
    return new LoadedModel(parts, threads, emit);
  }

  /** Does what the engine asks. What comes of it is told by events, each request's last among them. */
  take(order: Exclude<ToChild, LoadOrder>): void {
    switch (order.type) {
      case "run":
        void this.#work(order.id, (isCancelled) => this.#run(order, isCancelled));
        return;
      case "embed":
        void this.#work(order.id, async (isCancelled) => {
          this.#emit(await this.#embedder.embed(order, isCancelled));
        });
        return;
      case "cancel":
        if (this.#cancelled.has(order.id)) this.#cancelled.set(order.id, true);
        return;
      case "count":
        this.#count(order.id, order.prompt);
    }
  }

  async #work(id: number, work: (isCancelled: () => boolean) => Promise<void>): Promise<void> {
    this.#cancelled.set(id, false);
    try {
      await work(() => this.#cancelled.get(id) === true);
    } catch (error) {
      this.#refuse(id, error);
    } finally {
      this.#cancelled.delete(id);
    }
  }

  #run(order: RunOrder, isCancelled: () => boolean): Promise<void> {
    return generate(this.#parts, order, { emit: this.#emit, isCancelled });
  }

  #count(id: number, prompt: PromptSource): void {
    try {
      const promptTokens = this.#parts.template.tokens(prompt).length;
      this.#emit({ kind: "counted", id, promptTokens });
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  /** The text of an unexpected error may quote the prompt: it stays here. */
  #refuse(id: number, error: unknown): void {
    const errorName = error instanceof Error ? error.name : "unknown";
    const { code, details } =
      error instanceof CocoonError ? error : new CocoonError("engine_failed", { errorName });
    this.#emit({ kind: "refused", id, code, details });
  }
}

/** Only what is installed: nothing is downloaded, nothing compiled. Rejects where that is not there. */
async function openLlama(gpu: GpuChoice, maxThreads: number): Promise<Llama> {
  return await getLlama({
    gpu: gpu === "none" ? false : gpu,
    build: "never",
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads,
  });
}

async function fastestThreads(model: LlamaModel, path: string, cores: number): Promise<number> {
  if (statSync(path).size < singleThreadBytesMax) return 1;
  return chooseThreads(cores, (threads) => tokensPerSecond(model, threads));
}

async function tokensPerSecond(model: LlamaModel, threads: number): Promise<number> {
  const context = await model.createContext({ contextSize: 256, sequences: 1, threads });
  const tokens = context.getSequence().evaluate(model.tokenize("1 2 3"), { yieldEogToken: true });
  let count = 0;
  const startedAtMs = performance.now();
  for await (const _ of tokens) {
    count += 1;
    if (count === measuredTokens) break;
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await context.dispose();
  return count / seconds;
}
