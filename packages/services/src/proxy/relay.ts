// One request on its way: ASK and OFFER, sealed bytes down, sealed answer up, the receipt out to the log.
// Nothing here can read what it relays; it looks at the public header, at the receipt, and at no more.

import {
  CocoonError,
  Conversation,
  costMax,
  encodeOffer,
  encodeRequestIds,
  expectMessage,
  type RawAddress,
  readAsk,
  type Receipt,
  type Stream,
  streamKinds,
} from "@cocoon/protocol";
import type { Admission } from "./admission.ts";
import { withDeadline } from "./deadline.ts";
import { makeOffer, type OfferMaker } from "./offer.ts";
import { refusalOf } from "./refusal.ts";
import type { ReceiptDesk } from "./receipt-desk.ts";
import { Transit } from "./transit.ts";
import type { ConnectedWorker, WorkerDirectory } from "./workers.ts";

export type Relay = {
  readonly directory: WorkerDirectory;
  readonly admission: Admission;
  readonly desk: ReceiptDesk;
  readonly offerMaker: () => OfferMaker;
  readonly now: () => number;
  /** Requests between their first sealed byte and their end: one id runs once at a time. */
  readonly inFlight: Set<string>;
};

/** A client that was made an offer must start to send within this. */
const bodyTimeoutMs = 30_000;
/** A worker that says nothing for this long, cover frames included, is taken for dead. */
const answerTimeoutMs = 120_000;

/** Serves a request stream of a client whose channel is attached. Every failure ends as one reset of the stream. */
export async function relayRequest(
  relay: Relay,
  stream: Stream,
  channel: RawAddress | undefined,
): Promise<void> {
  const client = new Conversation(stream);
  try {
    if (channel === undefined) throw new CocoonError("channel_unknown", { reason: "not attached" });
    const ask = readAsk(await withDeadline(client.expect("ask"), bodyTimeoutMs));
    if (ask.channel !== channel) throw new CocoonError("channel_unknown");
    const { offer, worker } = makeOffer(relay.offerMaker(), ask);
    const reservation = relay.admission.reserve(channel, costMax(ask.tokensMax, offer));
    relay.directory.jobStarted(worker.id);
    const passage = new Passage(relay, client, worker, new Transit(ask, offer, worker));
    try {
      await client.send(encodeOffer(offer));
      await passage.run();
    } finally {
      reservation.release();
      relay.directory.jobEnded(worker.id, passage.answer);
    }
  } catch (error) {
    client.fail(refusalOf(error));
  }
}

/** The two streams of one request, joined. */
class Passage {
  readonly #relay: Relay;
  readonly #client: Conversation;
  readonly #worker: ConnectedWorker;
  readonly #transit: Transit;
  /** Hex, once this passage has taken the request id for itself. */
  #request = "";
  #receipt: Receipt | undefined;
  #startedMs = 0;
  #finishedMs = 0;

  constructor(relay: Relay, client: Conversation, worker: ConnectedWorker, transit: Transit) {
    this.#relay = relay;
    this.#client = client;
    this.#worker = worker;
    this.#transit = transit;
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
    const first = await withDeadline(this.#client.hear(), bodyTimeoutMs);
    const job = new Conversation(this.#worker.peer.connection.open(streamKinds.job));
    const giveUp = (): void => job.fail(new CocoonError("cancelled"));
    this.#client.stream.signal.addEventListener("abort", giveUp, { once: true });
    try {
      await Promise.all([this.#down(job, first), this.#up(job)]);
      await this.#acknowledged();
    } catch (error) {
      job.fail(refusalOf(error));
      throw error;
    } finally {
      this.#client.stream.signal.removeEventListener("abort", giveUp);
      this.#relay.inFlight.delete(this.#request);
      await this.#releaseUnacknowledged();
    }
  }

  async #down(job: Conversation, first: Awaited<ReturnType<Conversation["hear"]>>): Promise<void> {
    for (let message = first; ; message = await this.#client.hear()) {
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
    const request = this.#transit.request ?? "";
    if (this.#relay.inFlight.has(request) || this.#relay.desk.knows(request)) {
      throw new CocoonError("sealed_replayed", { request });
    }
    this.#relay.inFlight.add(request);
    this.#request = request;
  }

  async #up(job: Conversation): Promise<void> {
    for (;;) {
      const message = await withDeadline(job.hear(), answerTimeoutMs);
      if (message?.name === "receipt") {
        await this.#commit(job, message.body);
        continue;
      }
      if (message?.name === "final" && this.#receipt !== undefined) {
        await this.#client.send(message.raw);
        return;
      }
      this.#transit.up(expectMessage(message, "answer"));
      await this.#client.send(message?.raw ?? new Uint8Array());
    }
  }

  /** After this the answer is in the log and charged; the client gets the promise before the final chunk. */
  async #commit(job: Conversation, bytes: Uint8Array): Promise<void> {
    if (this.#receipt !== undefined)
      throw new CocoonError("peer_misbehaved", { reason: "second receipt" });
    const receipt = this.#transit.verify(bytes);
    const promise = await this.#relay.desk.commit(bytes, receipt, this.#worker);
    this.#receipt = receipt;
    this.#finishedMs = this.#relay.now();
    await job.send(encodeRequestIds("committed", [this.#request]));
    job.stream.end();
    await this.#client.say("promise", promise);
  }

  async #acknowledged(): Promise<void> {
    await withDeadline(this.#client.expect("acknowledge"), bodyTimeoutMs);
    await this.#relay.desk.acknowledge(this.#request);
    this.#client.stream.end();
  }

  /**
   * A client that resets its stream says that it did not get the answer. One that lost its connection may have it
   * stored: that is found out when it attaches its channel again.
   */
  async #releaseUnacknowledged(): Promise<void> {
    const { signal } = this.#client.stream;
    const reason: unknown = signal.aborted ? signal.reason : undefined;
    const refused = reason instanceof CocoonError && reason.code !== "peer_unreachable";
    if (this.#receipt !== undefined && refused) {
      await this.#relay.desk.release(this.#request);
    }
  }
}
