import { CocoonError } from "@cocoon/protocol";
import type { LlamaEmbeddingContext, LlamaModel } from "node-llama-cpp";
import type { ChildEvent, EmbedOrder } from "./llama-messages.ts";
import { ofLengthOne } from "./vector.ts";

export type EmbedderOptions = {
  readonly model: LlamaModel;
  readonly contextTokens: number;
  readonly threads: number;
};

/** Turns texts into vectors. Its context costs memory, so it is made for the first request that needs it. */
export class Embedder {
  readonly #options: EmbedderOptions;
  #context: Promise<LlamaEmbeddingContext> | undefined;

  constructor(options: EmbedderOptions) {
    this.#options = options;
  }

  /** Throws context_too_long for a text that does not fit, or when the texts are more than is paid, and cancelled. */
  async embed(
    order: EmbedOrder,
    isCancelled: () => boolean,
  ): Promise<Extract<ChildEvent, { kind: "embedded" }>> {
    const { model, contextTokens } = this.#options;
    const context = await (this.#context ??= this.#createContext());
    const inputs = order.inputs.map((text) => model.tokenize(text));
    const counts = inputs.map((tokens) => context.calculateInputLength([...tokens]));
    const promptTokens = counts.reduce((total, count) => total + count, 0);
    const long = counts.findIndex((count) => count >= contextTokens);
    if (long >= 0 || promptTokens > (order.tokensPaid ?? Infinity)) {
      throw new CocoonError("context_too_long", { param: "input", promptTokens, contextTokens });
    }
    const vectors: Float32Array[] = [];
    for (const tokens of inputs) {
      if (isCancelled()) throw new CocoonError("cancelled");
      const { vector } = await context.getEmbeddingFor(tokens);
      vectors.push(ofLengthOne(Float32Array.from(vector)));
    }
    return { kind: "embedded", id: order.id, vectors, promptTokens };
  }

  async #createContext(): Promise<LlamaEmbeddingContext> {
    const { model, contextTokens, threads } = this.#options;
    return await model.createEmbeddingContext({ contextSize: contextTokens, threads });
  }
}
