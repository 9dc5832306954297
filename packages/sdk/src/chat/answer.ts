// One chat completion, with failover until its first words have reached the application.

import {
  type ChatChunk,
  type ChatCompletion,
  type ChatRequest,
  aggregateChunks,
  CocoonError,
  type ErrorCode,
  type Nanotons,
  parseChunk,
  parseJson,
  type Tier,
} from "@cocoon/protocol";
import type { CompletedAnswer, ProxySession, RunningAnswer, Wish } from "../session/index.ts";
import type { CocoonModules } from "./modules.ts";

export type ChatOptions = {
  /** A higher tier than the client's own floor; a lower one changes nothing. */
  readonly tier?: Tier;
  readonly promptPerMillionMax?: Nanotons;
  readonly completionPerMillionMax?: Nanotons;
  /** Asks the worker for the token ids, to open them to somebody: four bytes each. Default: no. */
  readonly tokenIds?: boolean;
  /** Gives up: the worker's engine stops, and nothing is paid. */
  readonly signal?: AbortSignal;
};

const attemptsMax = 3;
/** Before asking again for capacity that was not there. Another worker is asked at once. */
const capacityDelayMs = 500;
const capacityCodes: ReadonlySet<ErrorCode> = new Set([
  "no_worker",
  "queue_full",
  "rate_limited",
  "stopping",
]);

export class ChatAnswer {
  readonly request: ChatRequest;
  readonly #modules: CocoonModules;
  readonly #wish: Omit<Wish, "excluded">;
  readonly #signal: AbortSignal | undefined;
  readonly #excluded: string[] = [];
  /** Why the last worker was excluded. */
  #failure: CocoonError | undefined;
  #session: ProxySession | undefined;
  #running: RunningAnswer | undefined;
  #attempts = 0;

  constructor(
    modules: CocoonModules,
    request: ChatRequest,
    wish: Omit<Wish, "excluded">,
    signal: AbortSignal | undefined,
  ) {
    this.#modules = modules;
    this.request = request;
    this.#wish = wish;
    this.#signal = signal;
  }

  /** The attempt that answers, once its worker is known. */
  get running(): RunningAnswer | undefined {
    return this.#running;
  }

  /** Set when the answer is complete: receipt, cost, worker. */
  get completed(): CompletedAnswer | undefined {
    return this.#running?.completed;
  }

  /**
   * The answer's chunks, a usage chunk last. A failure before the first words is tried again elsewhere where the
   * table of errors says so; a later one is thrown, and nothing is paid for the part that came.
   */
  async *chunks(): AsyncGenerator<ChatChunk, void, undefined> {
    let hasSpoken = false;
    for (;;) {
      try {
        for await (const chunk of this.#attempt()) {
          hasSpoken = true;
          yield chunk;
        }
        return;
      } catch (error) {
        if (hasSpoken) throw error;
        await this.#prepareRetry(error);
      }
    }
  }

  /** The whole answer. A failure at any point is tried again, since nothing has reached the application yet. */
  async completion(): Promise<ChatCompletion> {
    for (;;) {
      try {
        const chunks: ChatChunk[] = [];
        for await (const chunk of this.#attempt()) chunks.push(chunk);
        return aggregateChunks(chunks);
      } catch (error) {
        await this.#prepareRetry(error);
      }
    }
  }

  /** One attempt. The chunk that only says who speaks waits for the first words. */
  async *#attempt(): AsyncGenerator<ChatChunk, void, undefined> {
    this.#running = undefined;
    this.#attempts += 1;
    const session = await this.#openSession();
    const running = await session.ask({ ...this.#wish, excluded: [...this.#excluded] });
    this.#running = running;
    const opening: ChatChunk[] = [];
    let isOpening = true;
    for await (const event of running.events()) {
      const chunk = parseChunk(parseJson(event, "peer_misbehaved"), "peer_misbehaved");
      isOpening &&= isEmpty(chunk);
      if (isOpening) {
        opening.push(chunk);
        continue;
      }
      yield* opening.splice(0);
      yield chunk;
    }
    session.paySoon();
    yield* opening;
  }

  /** The session was waited for long enough: a failure here is the last. */
  async #openSession(): Promise<ProxySession> {
    try {
      this.#session = await this.#modules.session(this.#signal);
      return this.#session;
    } catch (error) {
      this.#attempts = attemptsMax;
      throw error;
    }
  }

  /** Returns when another attempt makes sense; throws the error when it does not. */
  async #prepareRetry(error: unknown): Promise<void> {
    if (!(error instanceof CocoonError) || this.#signal?.aborted === true) throw error;
    if (this.#attempts >= attemptsMax) throw this.#reasonOf(error);
    if (error.row.retry === "other_peer") {
      this.#failure = error;
      await this.#avoid(this.#running?.worker.claims.workerId ?? error.details["worker"]);
      return;
    }
    if (!capacityCodes.has(error.code)) throw error;
    this.#excluded.length = 0;
    await this.#pause(capacityDelayMs * this.#attempts);
  }

  /** That there is no worker but those that failed says less than why they did. */
  #reasonOf(error: CocoonError): CocoonError {
    const isConsequence = error.code === "no_worker" && this.#excluded.length > 0;
    return isConsequence ? (this.#failure ?? error) : error;
  }

  /** When the way to the proxy broke, no worker is to blame, and the next session is waited for. */
  async #avoid(worker: unknown): Promise<void> {
    if (this.#session?.isOpen !== true) return;
    if (typeof worker === "string") this.#excluded.push(worker);
    else await this.#pause(capacityDelayMs);
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      await this.#modules.pause(delayMs, this.#signal);
    } catch (cause) {
      throw new CocoonError("cancelled", {}, { cause });
    }
  }
}

function isEmpty({ choices }: ChatChunk): boolean {
  return choices.every(({ delta, finish_reason: reason }) => {
    return reason === null && (delta.content ?? "") === "" && delta.tool_calls === undefined;
  });
}
