// The real engine behind a valve: a test decides how far its answers get, and sees what is asked of it.

import type { ChatRequest, EmbeddingRequest } from "@cocoon/protocol";
import { CocoonError } from "@cocoon/protocol";
import type {
  Embeddings,
  Engine,
  EngineEvent,
  EngineLoad,
  EngineModel,
  RunOptions,
} from "@cocoon/services";

export class ValvedEngine implements Engine {
  readonly #real: Engine;
  readonly #waiting = new Set<() => void>();
  #deltasMax = Infinity;
  #flood: { readonly deltas: number; readonly text: string } | undefined;
  #active = 0;
  /** Requests that were ever begun. */
  runs = 0;
  /** Whether every request fails at once. */
  isBroken = false;
  /** Letters of floods that were taken. */
  floodedLength = 0;

  constructor(real: Engine) {
    this.#real = real;
  }

  get models(): readonly EngineModel[] {
    return this.#real.models;
  }

  /** Requests whose answer waits behind the valve. */
  get held(): number {
    return this.#waiting.size;
  }

  /** From now on every answer stops after so many deltas, its finish included when there are fewer. */
  hold(deltasMax: number): void {
    this.#deltasMax = deltasMax;
  }

  /** From now on every answer says so much more. What it costs stays what the real engine counted. */
  flood(deltas: number, text: string): void {
    this.#flood = { deltas, text };
  }

  /** Lets everything pass, what waits included, and as it is. */
  release(): void {
    this.#deltasMax = Infinity;
    this.#flood = undefined;
    for (const wake of this.#waiting) wake();
  }

  async *run(request: ChatRequest, options: RunOptions): AsyncGenerator<EngineEvent, void, void> {
    this.runs += 1;
    this.#active += 1;
    let deltas = 0;
    try {
      if (this.isBroken) throw new CocoonError("engine_failed");
      for await (const event of this.#real.run(request, options)) {
        if (deltas >= this.#deltasMax) await this.#pass(options.signal);
        deltas += 1;
        if (event.type === "finish") yield* this.#floods();
        yield event;
      }
    } finally {
      this.#active -= 1;
    }
  }

  /** Vectors pass as they are: they come at once. */
  async embed(request: EmbeddingRequest, options: RunOptions): Promise<Embeddings> {
    if (this.#real.embed === undefined) throw new CocoonError("capability_missing");
    return await this.#real.embed(request, options);
  }

  load(): EngineLoad {
    return { ...this.#real.load(), active: this.#active };
  }

  close(): Promise<void> {
    return this.#real.close();
  }

  *#floods(): Generator<EngineEvent, void, void> {
    const { deltas, text } = this.#flood ?? { deltas: 0, text: "" };
    for (let given = 0; given < deltas; given += 1) {
      this.floodedLength += text.length;
      yield { type: "delta", text };
    }
  }

  #pass(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(settle);
        signal.removeEventListener("abort", settle);
        if (signal.aborted) reject(new CocoonError("cancelled"));
        else resolve();
      };
      this.#waiting.add(settle);
      signal.addEventListener("abort", settle);
      if (signal.aborted) settle();
    });
  }
}
