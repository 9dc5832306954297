import type { Engine } from "../engine/index.ts";

const seconds = 10;

/** How many tokens a second, over the last ten whole seconds. */
export class TokenMeter {
  readonly #now: () => number;
  /** Tokens of a second, by the second modulo the ring's length; the newest is still filling. */
  readonly #ring: number[] = Array.from({ length: seconds + 1 }, () => 0);
  #second: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#second = Math.floor(now() / 1_000);
  }

  count(tokens: number): void {
    this.#advance();
    this.#ring[this.#second % this.#ring.length] = this.#current + tokens;
  }

  get tokensPerSecond(): number {
    this.#advance();
    const whole = this.#ring.reduce((sum, tokens) => sum + tokens, 0) - this.#current;
    return whole / seconds;
  }

  get #current(): number {
    return this.#ring[this.#second % this.#ring.length] ?? 0;
  }

  #advance(): void {
    const second = Math.floor(this.#now() / 1_000);
    const from = Math.max(this.#second + 1, second - seconds);
    for (let passed = from; passed <= second; passed += 1) {
      this.#ring[passed % this.#ring.length] = 0;
    }
    this.#second = Math.max(this.#second, second);
  }
}

/** The same engine; what it says is counted as it is said. */
export function meteredEngine(engine: Engine, meter: Pick<TokenMeter, "count">): Engine {
  return {
    get models() {
      return engine.models;
    },
    load: () => engine.load(),
    close: () => engine.close(),
    ...(engine.embed && { embed: engine.embed.bind(engine) }),
    ...(engine.countPromptTokens && { countPromptTokens: engine.countPromptTokens.bind(engine) }),
    async *run(request, options) {
      for await (const event of engine.run(request, options)) {
        if (event.type === "delta") meter.count(event.tokenIds?.length ?? 1);
        yield event;
      }
    },
  };
}
