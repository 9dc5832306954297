// One answer, with failover until its first words have reached the application.

import { CocoonError, type ErrorCode, type Nanotons, type Need, type Tier } from "@cocoon/protocol";
import type { CompletedAnswer, ProxySession, RunningAnswer, Wish } from "../session/index.ts";
import type { CocoonModules } from "./modules.ts";

export type AnswerOptions = {
  /** A higher tier than the client's own floor; a lower one changes nothing. */
  readonly tier?: Tier;
  readonly promptPerMillionMax?: Nanotons;
  readonly completionPerMillionMax?: Nanotons;
  /** Asks the worker for the token ids, to open them to somebody: four bytes each. Default: no. */
  readonly tokenIds?: boolean;
  /** The only worker that may answer, hex id. */
  readonly worker?: string;
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

/** How the events of a worker's answer are read. */
export type AnswerFormat<Event> = {
  /** Throws peer_misbehaved. */
  readonly read: (text: string) => Event;
  /** Whether an event says nothing yet: it waits for the first that does, so that a retry starts anew. */
  readonly isEmpty: (event: Event) => boolean;
};

/** What is asked of whichever worker answers. */
export type Question = Omit<Wish, "excluded" | "capabilities"> & {
  readonly needs: readonly Need[];
};

export class Answer<Event> {
  readonly #modules: CocoonModules;
  readonly #question: Question;
  readonly #format: AnswerFormat<Event>;
  readonly #excluded: string[] = [];
  /** Why the last worker was excluded. */
  #failure: CocoonError | undefined;
  #session: ProxySession | undefined;
  #running: RunningAnswer | undefined;
  #attempts = 0;

  constructor(modules: CocoonModules, question: Question, format: AnswerFormat<Event>) {
    this.#modules = modules;
    this.#question = question;
    this.#format = format;
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
   * The answer's events. A failure before the first words is tried again elsewhere where the table of errors says so;
   * a later one is thrown, and nothing is paid for the part that came.
   */
  async *events(): AsyncGenerator<Event, void, undefined> {
    let hasSpoken = false;
    for (;;) {
      try {
        for await (const event of this.#attempt()) {
          hasSpoken = true;
          yield event;
        }
        return;
      } catch (error) {
        if (hasSpoken) throw error;
        await this.#prepareRetry(error);
      }
    }
  }

  /** All events. A failure at any point is tried again, since nothing has reached the application yet. */
  async whole(): Promise<readonly Event[]> {
    for (;;) {
      try {
        const events: Event[] = [];
        for await (const event of this.#attempt()) events.push(event);
        return events;
      } catch (error) {
        await this.#prepareRetry(error);
      }
    }
  }

  /** One attempt. What says nothing yet waits for the first words. */
  async *#attempt(): AsyncGenerator<Event, void, undefined> {
    this.#running = undefined;
    this.#attempts += 1;
    const session = await this.#openSession();
    const running = await this.#ask(session);
    this.#running = running;
    const opening: Event[] = [];
    let isOpening = true;
    for await (const text of running.events()) {
      const event = this.#format.read(text);
      isOpening &&= this.#format.isEmpty(event);
      if (isOpening) {
        opening.push(event);
        continue;
      }
      yield* opening.splice(0);
      yield event;
    }
    session.paySoon();
    yield* opening;
  }

  /** What nobody's engine can do is refused before anything is sealed; the refusal names the part that asks for it. */
  async #ask(session: ProxySession): Promise<RunningAnswer> {
    const { needs, ...wish } = this.#question;
    const capabilities = [...new Set(needs.map(({ capability }) => capability))];
    try {
      return await session.ask({ ...wish, capabilities, excluded: [...this.#excluded] });
    } catch (error) {
      const isMissing = error instanceof CocoonError && error.code === "capability_missing";
      if (!isMissing) throw error;
      const need = needs.find(({ capability }) => capability === error.details["capability"]);
      throw new CocoonError(error.code, { ...error.details, ...need });
    }
  }

  /** The session was waited for long enough: a failure here is the last. */
  async #openSession(): Promise<ProxySession> {
    try {
      this.#session = await this.#modules.session(this.#question.signal);
      return this.#session;
    } catch (error) {
      this.#attempts = attemptsMax;
      throw error;
    }
  }

  /** Returns when another attempt makes sense; throws the error when it does not. */
  async #prepareRetry(error: unknown): Promise<void> {
    if (!(error instanceof CocoonError) || this.#question.signal?.aborted === true) throw error;
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
      await this.#modules.pause(delayMs, this.#question.signal);
    } catch (cause) {
      throw new CocoonError("cancelled", {}, { cause });
    }
  }
}
