// One answer, with failover: within a proxy's offer, then to other workers and sessions.

import {
  CocoonError,
  type ErrorCode,
  type Nanotons,
  type Need,
  type Privacy,
  type RawAddress,
  type Tier,
} from "@cocoon/protocol";
import type {
  AnswerListener,
  Burst,
  CompletedAnswer,
  ProxySession,
  RunningAnswer,
  Wish,
} from "../session/index.ts";
import type { CocoonModules } from "./modules.ts";

export type AnswerOptions = {
  /** A higher tier than the client's own floor; a lower one changes nothing. */
  readonly tier?: Tier;
  readonly promptPerMillionMax?: Nanotons;
  readonly completionPerMillionMax?: Nanotons;
  /** Asks the worker for the token ids, to open them to somebody: four bytes each. Default: no. */
  readonly tokenIds?: boolean;
  /** Higher than the client's own; `standard` changes nothing. */
  readonly privacy?: Privacy;
  /** The only worker that may answer, hex id. */
  readonly worker?: string;
  /** The bond of the only proxy that may be asked. */
  readonly proxy?: RawAddress;
  /** Kept with the answer's payment, such as who asked, and told to nobody. */
  readonly reference?: string;
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

/** Tells an application an answer that more than one worker may begin. */
export type Teller<Event> = AnswerListener & {
  /** What is to be told of an event. */
  readonly take: (event: Event) => readonly Event[];
  /** What is left when the answer is complete. */
  readonly end: () => readonly Event[];
};

/** What is asked of whichever worker answers. */
export type Question = Omit<Wish, "excluded" | "capabilities" | "announcedAs"> & {
  readonly needs: readonly Need[];
  readonly proxy?: RawAddress;
};

export class Answer<Event> {
  readonly #modules: CocoonModules;
  readonly #question: Question;
  /** Throws peer_misbehaved. */
  readonly #read: (text: string) => Event;
  readonly #excluded: string[] = [];
  /** Why the last worker was excluded. */
  #failure: CocoonError | undefined;
  #session: ProxySession | undefined;
  #running: RunningAnswer | undefined;
  /** The request whose words the application heard first: it knows the answer by that one's id. */
  #announced: string | undefined;
  #attempts = 0;

  constructor(modules: CocoonModules, question: Question, read: (text: string) => Event) {
    this.#modules = modules;
    this.#question = question;
    this.#read = read;
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
   * The answer's events as the teller tells them. A failure is tried again elsewhere where the table of errors says so,
   * as long as the teller can begin anew; any other is thrown, and nothing is paid for the part that came.
   */
  protected async *told(teller: Teller<Event>): AsyncGenerator<Burst<Event>, void, undefined> {
    for (;;) {
      try {
        yield* this.#tell(teller);
        return;
      } catch (error) {
        if (!teller.mayBeginAnew) throw error;
        await this.#prepareRetry(error);
        teller.beginAnew();
      }
    }
  }

  /** One attempt, as the teller tells it. */
  async *#tell(teller: Teller<Event>): AsyncGenerator<Burst<Event>, void, undefined> {
    for await (const events of this.#attempt(teller)) {
      const told = events.flatMap(teller.take);
      if (told.length === 0) continue;
      this.#announced ??= this.#running?.request;
      yield told;
    }
    const last = teller.end();
    if (last.length > 0) yield last;
  }

  /** All events. A failure at any point is tried again, since nothing has reached the application yet. */
  async whole(): Promise<readonly Event[]> {
    for (;;) {
      try {
        const events: Event[] = [];
        const listener = { mayBeginAnew: true, beginAnew: () => void events.splice(0) };
        for await (const burst of this.#attempt(listener)) events.push(...burst);
        return events;
      } catch (error) {
        await this.#prepareRetry(error);
      }
    }
  }

  /** One request to one proxy, and the workers that it was sealed to. */
  async *#attempt(listener: AnswerListener): AsyncGenerator<Burst<Event>, void, undefined> {
    this.#running = undefined;
    this.#attempts += 1;
    const session = await this.#openSession();
    const running = await this.#ask(session);
    this.#running = running;
    for await (const texts of running.events(listener)) yield texts.map(this.#read);
    session.paySoon();
  }

  /** What nobody's engine can do is refused before anything is sealed; the refusal names the part that asks for it. */
  async #ask(session: ProxySession): Promise<RunningAnswer> {
    const { needs, proxy: _proxy, ...wish } = this.#question;
    const capabilities = [...new Set(needs.map(({ capability }) => capability))];
    try {
      return await session.ask({
        ...wish,
        capabilities,
        excluded: [...this.#excluded],
        ...(this.#announced !== undefined && { announcedAs: this.#announced }),
      });
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
      const { proxy, signal } = this.#question;
      this.#session = await this.#modules.session(signal, proxy);
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
      await this.#avoid(this.#running?.opened ?? [error.details["worker"]]);
      return;
    }
    // The session is forgotten by now: the next request is sealed in full.
    if (error.code === "session_unknown") return;
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
  async #avoid(workers: readonly unknown[]): Promise<void> {
    if (this.#session?.isOpen !== true) return;
    const named = workers.filter((worker) => typeof worker === "string");
    this.#excluded.push(...named);
    if (named.length === 0) await this.#pause(capacityDelayMs);
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      await this.#modules.pause(delayMs, this.#question.signal);
    } catch (cause) {
      throw new CocoonError("cancelled", {}, { cause });
    }
  }
}
