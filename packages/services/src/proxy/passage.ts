// A request on its way: sealed bytes down, sealed answer up, the receipt out to the log.
// Nothing here can read what it relays; it looks at the public header, at the receipt, and at no more.

import {
  CocoonError,
  Conversation,
  encodeRequestIds,
  expectMessage,
  type Message,
  type Receipt,
  streamKinds,
} from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";
import type { Reservation } from "./admission.ts";
import { clientTimeoutMs, withDeadline } from "./deadline.ts";
import { refusalOf, workerRefusalOf } from "./refusal.ts";
import type { ReceiptDesk } from "./receipt-desk.ts";
import type { Transit } from "./transit.ts";
import type { ConnectedWorker, WorkerDirectory } from "./workers.ts";

/** A client that takes nothing of its answer for this long holds up a worker, and is given up. */
const clientStallMs = 60_000;
/** A worker that says nothing for this long, cover frames included, is taken for dead. */
const answerTimeoutMs = 120_000;

export type PassageModules = {
  readonly directory: WorkerDirectory;
  readonly desk: ReceiptDesk;
  readonly networkId: number;
  readonly now: () => number;
  readonly logger: Logger;
  /** Requests between their first sealed byte and their end: one id runs once at a time. */
  readonly inFlight: Set<string>;
};

export type PassageEnds = {
  readonly client: Conversation;
  readonly worker: ConnectedWorker;
  readonly transit: Transit;
  readonly reservation: Reservation;
};

/** The two streams of one request, joined. */
export class Passage {
  readonly #relay: PassageModules;
  readonly #client: Conversation;
  readonly #worker: ConnectedWorker;
  readonly #transit: Transit;
  readonly #reservation: Reservation;
  /** Hex, once this passage has taken the request id for itself. */
  #request = "";
  #receipt: Receipt | undefined;
  /** From here on the client may have all of its answer. */
  #isFinalSent = false;
  #startedMs = 0;
  #finishedMs = 0;

  constructor(relay: PassageModules, { client, worker, transit, reservation }: PassageEnds) {
    this.#relay = relay;
    this.#client = client;
    this.#worker = worker;
    this.#transit = transit;
    this.#reservation = reservation;
  }

  /** How much was answered in which time; undefined when nothing was. */
  get answer(): { readonly tokens: number; readonly durationMs: number } | undefined {
    if (this.#receipt === undefined) return undefined;
    return {
      tokens: this.#receipt.usage.completionTokens,
      durationMs: this.#finishedMs - this.#startedMs,
    };
  }

  /** Resolves when the client has acknowledged its answer. */
  async run(): Promise<void> {
    const first = await withDeadline(this.#client.hear(), clientTimeoutMs);
    const job = this.#openJob();
    const { signal } = this.#client.stream;
    const giveUp = (): void => job.fail(new CocoonError("cancelled"));
    signal.addEventListener("abort", giveUp, { once: true });
    // What came before the reset is still heard, so it may be over already.
    if (signal.aborted) giveUp();
    try {
      await Promise.all([this.#down(job, first), this.#up(job)]);
      await this.#acknowledged();
    } catch (error) {
      job.fail(refusalOf(error));
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#relay.inFlight.delete(this.#request);
      await this.#releaseUnacknowledged();
    }
  }

  /** A worker that is about to leave takes no more jobs; for the client that is a worker that has left. */
  #openJob(): Conversation {
    try {
      return new Conversation(this.#worker.peer.connection.open(streamKinds.job));
    } catch (cause) {
      throw new CocoonError("peer_unreachable", { reason: "the worker leaves" }, { cause });
    }
  }

  async #down(job: Conversation, first: Message | undefined): Promise<void> {
    for (
      let message = first;
      ;
      message = await withDeadline(this.#client.hear(), clientTimeoutMs)
    ) {
      if (message?.name !== "bodyLast") expectMessage(message, "body");
      if (message === undefined) return;
      const isFirst = this.#transit.request === undefined;
      this.#transit.down(message.body);
      if (isFirst) this.#claimRequest();
      await job.send(message.raw);
      if (message.name === "bodyLast") break;
    }
    this.#startedMs = this.#relay.now();
  }

  /** A request id is used once, for ever: it is what makes a retry harmless. */
  #claimRequest(): void {
    this.#transit.requireTimely(this.#relay.networkId, this.#relay.now());
    const request = this.#transit.request ?? "";
    if (this.#relay.inFlight.has(request) || this.#relay.desk.knows(request)) {
      throw new CocoonError("sealed_replayed", { request });
    }
    this.#relay.inFlight.add(request);
    this.#request = request;
  }

  async #up(job: Conversation): Promise<void> {
    for (;;) {
      const message = await this.#hearWorker(job);
      if (message?.name === "receipt") {
        await this.#commit(job, message.body);
        continue;
      }
      if (message?.name === "final" && this.#receipt !== undefined) {
        this.#isFinalSent = true;
        await this.#tellClient(message.raw);
        return;
      }
      this.#transit.up(expectMessage(message, "answer"));
      await this.#tellClient(message?.raw ?? new Uint8Array());
    }
  }

  async #hearWorker(job: Conversation): Promise<Message | undefined> {
    try {
      return await withDeadline(job.hear(), answerTimeoutMs);
    } catch (error) {
      if (this.#client.stream.signal.aborted) throw error;
      throw this.#blame(workerRefusalOf(error));
    }
  }

  /** Remembers a failure that is the worker's. */
  #blame(refusal: CocoonError): CocoonError {
    if (refusal.row.blame === "peer") {
      const { directory, logger, now } = this.#relay;
      directory.jobFailed(this.#worker.id, now());
      logger.warn("worker_failed", { workerId: this.#worker.id, code: refusal.code });
    }
    return refusal;
  }

  #tellClient(message: Uint8Array): Promise<void> {
    return withDeadline(this.#client.send(message), clientStallMs);
  }

  /** After this the answer is in the log and charged; the client gets the promise before the final chunk. */
  async #commit(job: Conversation, bytes: Uint8Array): Promise<void> {
    if (this.#receipt !== undefined)
      throw new CocoonError("peer_misbehaved", { reason: "second receipt" });
    const receipt = this.#verify(bytes);
    const promise = await this.#relay.desk.commit(bytes, receipt, this.#worker);
    this.#receipt = receipt;
    this.#finishedMs = this.#relay.now();
    // The books hold the charge itself from now on.
    this.#reservation.release();
    await job.send(encodeRequestIds("committed", [this.#request]));
    job.stream.end();
    await this.#client.say("promise", promise);
  }

  #verify(bytes: Uint8Array): Receipt {
    try {
      return this.#transit.verify(bytes);
    } catch (error) {
      throw this.#blame(refusalOf(error));
    }
  }

  async #acknowledged(): Promise<void> {
    await withDeadline(this.#client.expect("acknowledge"), clientTimeoutMs);
    await this.#relay.desk.acknowledge(this.#request);
    this.#client.stream.end();
  }

  /**
   * A client that was never sent the final chunk does not have the answer, and one that resets its stream says so. One
   * that lost its connection, or does not know whether it could store it, tells when it attaches its channel again.
   */
  async #releaseUnacknowledged(): Promise<void> {
    if (this.#receipt === undefined) return;
    const { signal } = this.#client.stream;
    const reason: unknown = signal.aborted ? signal.reason : undefined;
    const isRefused = reason instanceof CocoonError && !undecided.has(reason.code);
    if (!this.#isFinalSent || isRefused) await this.#relay.desk.release(this.#request);
  }
}

/** Ends of a client's stream that leave open whether it has the answer. */
const undecided: ReadonlySet<string> = new Set(["peer_unreachable", "storage_failed", "internal"]);
