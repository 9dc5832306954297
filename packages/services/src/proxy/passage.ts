// A request on its way: sealed bytes down, sealed answer up, the receipt out to the log. When a worker fails, the next
// of those that the client has sealed to, once the client lets it.
// Nothing here can read what it relays; it looks at the public header, at the receipt, and at no more.

import {
  CocoonError,
  Conversation,
  encodeFailed,
  encodeRequestIds,
  expectMessage,
  handsOver,
  type Message,
  type Receipt,
  releaseBytes,
  streamKinds,
} from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";
import type { Reservation } from "./admission.ts";
import { clientTimeoutMs, withDeadline } from "./deadline.ts";
import type { OfferedPeer } from "./offer.ts";
import { refusalOf, workerRefusalOf } from "./refusal.ts";
import type { ReceiptDesk } from "./receipt-desk.ts";
import { Transit } from "./transit.ts";
import type { Upload } from "./upload.ts";
import type { ConnectedWorker, WorkerDirectory } from "./workers.ts";

/** A client that takes nothing of its answer for this long holds up a worker, and is given up. */
const clientStallMs = 60_000;
/** A worker that says nothing for this long is taken for dead: three times as long as it may be silent. */
const answerTimeoutMs = 30_000;

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
  readonly upload: Upload;
  /** Who was offered first. */
  readonly first: OfferedPeer;
  readonly reservation: Reservation;
};

/** One worker's turn. */
type Turn = {
  readonly worker: ConnectedWorker;
  readonly job: Conversation;
  readonly transit: Transit;
};

/** The streams of one request, joined. */
export class Passage {
  readonly #relay: PassageModules;
  readonly #client: Conversation;
  readonly #upload: Upload;
  readonly #reservation: Reservation;
  /** The worker whose load counts this request. */
  #seat: ConnectedWorker;
  /** While nothing of it has failed. */
  #turn: Turn | undefined;
  /** Hex, once this passage has taken the request id for itself. */
  #request = "";
  #receipt: Receipt | undefined;
  /** Why the worker whose turn it was failed. */
  #failure: CocoonError | undefined;
  /** From here on the client may have all of its answer. */
  #isFinalSent = false;
  #startedMs = 0;
  #finishedMs = 0;

  constructor(relay: PassageModules, { client, upload, first, reservation }: PassageEnds) {
    this.#relay = relay;
    this.#client = client;
    this.#upload = upload;
    this.#reservation = reservation;
    this.#seat = first.worker;
    relay.directory.jobStarted(this.#seat.id);
  }

  /** Resolves when the client has acknowledged its answer. */
  async run(): Promise<void> {
    try {
      await this.#upload.begin(this.#relay.networkId, this.#relay.now());
      this.#claimRequest();
      let release: Uint8Array | undefined;
      for (let index = 0; this.#receipt === undefined; index += 1) {
        release = await this.#takeTurn(index, release);
      }
      await this.#acknowledged();
    } finally {
      this.#relay.inFlight.delete(this.#request);
      this.#upload.drop();
      await this.#releaseUnacknowledged();
    }
  }

  /** To be called at the end: the worker is free again. */
  leave(): void {
    const durationMs = this.#finishedMs - this.#startedMs;
    const tokens = this.#receipt?.usage.completionTokens;
    const answer = tokens === undefined ? undefined : { tokens, durationMs };
    this.#relay.directory.jobEnded(this.#seat.id, answer);
  }

  /** A request id is used once, for ever: it is what makes a retry harmless. */
  #claimRequest(): void {
    const { request } = this.#upload;
    if (this.#relay.inFlight.has(request) || this.#relay.desk.knows(request)) {
      throw new CocoonError("sealed_replayed", { request });
    }
    this.#relay.inFlight.add(request);
    this.#request = request;
  }

  /** Resolves with nothing when the answer is whole, or with what the client releases to the next worker. */
  async #takeTurn(index: number, release?: Uint8Array): Promise<Uint8Array | undefined> {
    let sending: Promise<void> | undefined;
    try {
      const turn = this.#openTurn(index);
      sending = index === 0 ? this.#passOn(turn.job) : this.#sendAgain(turn.job, release);
      await this.#join(turn, sending);
      return undefined;
    } catch (error) {
      const failure = this.#failure;
      if (failure === undefined || error !== failure || !this.#mayHandOver(failure, index)) {
        throw error;
      }
      // The client goes on sending: the next worker needs all of it.
      await (sending ?? this.#passOn());
      return await this.#askForRelease(failure);
    }
  }

  async #join(turn: Turn, sending: Promise<void>): Promise<void> {
    const { job } = turn;
    this.#turn = turn;
    const { signal } = this.#client.stream;
    const giveUp = (): void => job.fail(new CocoonError("cancelled"));
    signal.addEventListener("abort", giveUp, { once: true });
    // What came before the reset is still heard, so it may be over already.
    if (signal.aborted) giveUp();
    try {
      await Promise.all([sending, this.#up(turn, sending)]);
    } catch (error) {
      this.#turn = undefined;
      job.fail(refusalOf(error));
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** A worker that is about to leave takes no more jobs; for the client that is a worker that has left. */
  #openTurn(index: number): Turn {
    const offered = this.#upload.recipients[index]?.worker;
    if (offered === undefined) throw new CocoonError("internal", { reason: "no such recipient" });
    // It may have come back over another connection.
    const worker = this.#relay.directory.find(offered.id) ?? offered;
    this.#sitWith(worker);
    try {
      const job = new Conversation(worker.peer.connection.open(streamKinds.job));
      return { worker, job, transit: new Transit(this.#upload, index) };
    } catch (cause) {
      const reason = "the worker leaves";
      throw this.#blame(new CocoonError("peer_unreachable", { reason }, { cause }));
    }
  }

  #sitWith(worker: ConnectedWorker): void {
    if (worker.id === this.#seat.id) return;
    this.#relay.directory.jobEnded(this.#seat.id);
    this.#relay.directory.jobStarted(worker.id);
    this.#seat = worker;
  }

  /**
   * Passes the request on as it comes. A worker that is lost meanwhile is told of by its answer, which does not come; the
   * rest is heard all the same.
   */
  async #passOn(job?: Conversation): Promise<void> {
    for await (const message of this.#upload.messages()) {
      await job?.send(message).catch(() => undefined);
    }
    this.#startedMs = this.#relay.now();
  }

  async #sendAgain(job: Conversation, release: Uint8Array = new Uint8Array()): Promise<void> {
    const messages = this.#upload.kept ?? [];
    try {
      await job.say("release", release);
      for (const message of messages) await job.send(message);
    } catch {
      // As in #passOn().
    }
    this.#startedMs = this.#relay.now();
  }

  async #up(turn: Turn, sending: Promise<void>): Promise<void> {
    for (;;) {
      const message = await this.#hearWorker(turn, sending);
      if (message?.name === "receipt") {
        await this.#commit(turn, message.body);
        continue;
      }
      if (message?.name === "final" && this.#receipt !== undefined) {
        this.#isFinalSent = true;
        await this.#tellClient(message.raw);
        return;
      }
      turn.transit.up(this.#expectAnswer(message));
      await this.#tellClient(message?.raw ?? new Uint8Array());
    }
  }

  #expectAnswer(message: Message | undefined): Uint8Array {
    try {
      return expectMessage(message, "answer");
    } catch (error) {
      throw this.#blame(refusalOf(error));
    }
  }

  /** A worker can say nothing to a request that it does not have: its time runs from the end of that. */
  async #hearWorker(turn: Turn, sending: Promise<void>): Promise<Message | undefined> {
    try {
      const heard = turn.job.hear();
      await Promise.race([heard, sending.catch(() => undefined)]);
      return await withDeadline(heard, answerTimeoutMs);
    } catch (error) {
      if (this.#client.stream.signal.aborted || this.#turn !== turn) throw error;
      throw this.#blame(workerRefusalOf(error));
    }
  }

  /** Remembers a failure that is the worker's. */
  #blame(refusal: CocoonError): CocoonError {
    this.#failure = refusal;
    if (refusal.row.blame === "peer") {
      const { directory, logger, now } = this.#relay;
      directory.jobFailed(this.#seat.id, now());
      logger.warn("worker_failed", { workerId: this.#seat.id, code: refusal.code });
    }
    return refusal;
  }

  #mayHandOver(failure: CocoonError, index: number): boolean {
    return (
      handsOver(failure.code) &&
      this.#receipt === undefined &&
      this.#upload.recipients.length > index + 1 &&
      this.#upload.kept !== undefined
    );
  }

  /** The client has seen nothing whole of the worker that failed, and decides whether another one may open its request. */
  async #askForRelease(failure: CocoonError): Promise<Uint8Array> {
    if (this.#upload.kept === undefined) throw failure;
    await this.#tellClient(encodeFailed(failure));
    const release = await withDeadline(this.#client.expect("release"), clientTimeoutMs);
    if (release.length !== releaseBytes) throw new CocoonError("peer_misbehaved");
    return release;
  }

  #tellClient(message: Uint8Array): Promise<void> {
    return withDeadline(this.#client.send(message), clientStallMs);
  }

  /** After this the answer is in the log and charged; the client gets the promise before the final chunk. */
  async #commit({ job, transit, worker }: Turn, bytes: Uint8Array): Promise<void> {
    if (this.#receipt !== undefined)
      throw this.#blame(new CocoonError("peer_misbehaved", { reason: "second receipt" }));
    const receipt = this.#verify(transit, bytes);
    const promise = await this.#relay.desk.commit(bytes, receipt, worker);
    this.#receipt = receipt;
    this.#finishedMs = this.#relay.now();
    // The books hold the charge itself from now on.
    this.#reservation.release();
    await job.send(encodeRequestIds("committed", [this.#request]));
    job.stream.end();
    await this.#client.say("promise", promise);
  }

  #verify(transit: Transit, bytes: Uint8Array): Receipt {
    try {
      return transit.verify(bytes);
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
