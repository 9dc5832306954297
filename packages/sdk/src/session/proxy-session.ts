// A client's conversation with one proxy, over one connection: evidence, requests, proofs, payment.

import {
  type Alternate,
  CocoonError,
  type Closed,
  type Connection,
  Conversation,
  encodeAsk,
  encodeGetProof,
  encodeMessage,
  type EvidenceCache,
  type JsonReader,
  type LogProof,
  type Offer,
  type Policy,
  type RawAddress,
  readJsonBody,
  readLogProof,
  readOffer,
  sealRequest,
  streamKinds,
  type Tier,
  toHex,
  type TrustProfile,
} from "@cocoon/protocol";
import type { RequireWorkerBond } from "../chain/index.ts";
import type { AnswerLog, Purse } from "../spend/index.ts";
import { AccountLink, type AccountState } from "./account.ts";
import { type AnswerContext, RunningAnswer } from "./answer.ts";
import { type Recipient, Recipients } from "./recipients.ts";
import { ResumableSessions } from "./resumable-sessions.ts";
import type { Wish } from "./wish.ts";
import { replyTimeoutMs, within } from "./within.ts";

export type SessionOptions = {
  /** To the proxy, after both hellos. */
  readonly connection: Connection;
  /** The proxy's log, as its bond on chain names it. */
  readonly log: AnswerLog;
  readonly networkId: number;
  readonly purse: Purse;
  /** What the root contract allows now; throws policy_stale or chain_* when that can't be told. */
  readonly policy: () => Promise<Policy>;
  readonly profiles: readonly TrustProfile[];
  /** Checks the bond of a worker that no hardware vouches for. Without it, the tier `open` is refused. */
  readonly requireBond?: RequireWorkerBond;
  /** Evidence verified before; shared by all sessions of a client. */
  readonly evidence: EvidenceCache;
  readonly now: () => number;
  /** How many workers a request is sealed to: one answers, the others stand by. 1 to 4. Default 2. */
  readonly recipientsMax?: number;
  /** Whether a key exchange with a worker serves many requests; off by default: docs/privacy.md has the trade-off. */
  readonly keepsSessions?: boolean;
  /** Sessions with workers that outlive this one with the proxy. */
  readonly sessions?: ResumableSessions;
};

/** One more costs each request about 1.2 KiB and a key exchange. */
const recipientsDefaultMax = 2;

/** How long a worker may still begin a request after it was sealed. */
const ttlSeconds = 120;
/** Pieces of a sealed request; the first holds the whole public part. */
const pieceBytes = 65_536;
/** Longer than the proxy waits for a worker, so that its reason arrives first. */
const silenceMaxMs = 150_000;

export class ProxySession {
  readonly #options: SessionOptions;
  readonly #account: AccountLink;
  readonly #recipients: Recipients;
  readonly #sessions: ResumableSessions;

  private constructor(options: SessionOptions, account: AccountLink) {
    this.#options = options;
    this.#account = account;
    this.#sessions = options.sessions ?? new ResumableSessions();
    this.#recipients = new Recipients({
      ...options,
      fetch: (question) => this.#call(streamKinds.evidence, question, "evidence"),
    });
  }

  /** Attaches the purse's channel and settles what an earlier connection left open. */
  static async attach(options: SessionOptions): Promise<ProxySession> {
    return new ProxySession(options, await AccountLink.attach(options.connection, options.purse));
  }

  /** Whether requests can be made, and paid. */
  get isOpen(): boolean {
    return this.#options.connection.isOpen && this.#account.isOpen;
  }

  /** Resolves when nothing can be paid on this connection any more: a new session takes a new connection. */
  get ended(): Promise<unknown> {
    return this.#account.ended;
  }

  /** The channel that this session pays from. */
  get channel(): RawAddress {
    return this.#options.purse.channel;
  }

  /** The log that holds this session's receipts. */
  get log(): AnswerLog {
    return this.#options.log;
  }

  get account(): AccountState {
    return this.#account.state;
  }

  /**
   * Finds a worker, verifies it, seals the wish to it and sends it. Everything that can be refused is refused before
   * anything is sealed. When the proxy wants to be paid first, it is, once.
   */
  async ask(wish: Wish): Promise<RunningAnswer> {
    try {
      return await this.#ask(wish);
    } catch (error) {
      const isUnpaid = error instanceof CocoonError && error.code === "credit_exhausted";
      const { spent, vouchered } = this.#account.state;
      if (!isUnpaid || spent === vouchered) throw error;
      await this.#account.pay();
      return await this.#ask(wish);
    }
  }

  /** Call when an answer is complete: it will be paid soon. */
  paySoon(): void {
    this.#account.paySoon();
  }

  /** Pays for everything accepted; resolves when the proxy holds the voucher. */
  pay(): Promise<void> {
    return this.#account.pay();
  }

  /** Pays, and closes the channel on chain. */
  closeChannel(): Promise<Closed> {
    return this.#account.close();
  }

  /** Where a receipt stands in the proxy's log; undefined while no checkpoint covers it. */
  async proof(request: string): Promise<LogProof | undefined> {
    return readLogProof(await this.#call(streamKinds.proof, encodeGetProof(request), "proof"));
  }

  /** What the proxy says of the network. */
  async status(): Promise<JsonReader> {
    return readJsonBody(await this.#call(streamKinds.status, encodeMessage("getStatus"), "status"));
  }

  /**
   * Fetches and verifies the evidence of the workers that serve at this tier or above, so that the first request waits
   * for none of it. A worker whose evidence does not hold is passed over: whoever is offered is verified again.
   */
  async prepare(tier: Tier): Promise<void> {
    const status = await this.status();
    const listed = status.objects("workers", workersMax).slice(0, preparedMax);
    for (const worker of listed) {
      if (!worker.has("claimsHash")) continue;
      const claimsHash = toHex(worker.hex("claimsHash", 32));
      const expect = {
        tier,
        workerId: toHex(worker.hex("worker", 32)),
        manifestHash: toHex(worker.hex("model", 32)),
      };
      await this.#recipients.prepare(claimsHash, expect).catch(passOver);
    }
  }

  stop(): void {
    this.#account.stop();
  }

  async #ask(wish: Wish): Promise<RunningAnswer> {
    const { connection, log, now, purse, recipientsMax = recipientsDefaultMax } = this.#options;
    const { body, isStrict: _isStrict, signal, reference, announcedAs, ...asked } = wish;
    const proxy = new Conversation(connection.open(streamKinds.request));
    let answer: RunningAnswer | undefined;
    let offer: Offer | undefined;
    const giveUp = (): void => {
      if (answer === undefined) proxy.fail(new CocoonError("cancelled"));
      else answer.cancel();
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    void proxy.stream.closed.then(() => signal?.removeEventListener("abort", giveUp));
    try {
      if (signal?.aborted === true) throw new CocoonError("cancelled");
      await proxy.send(encodeAsk({ ...asked, channel: purse.channel, recipientsMax }));
      offer = readOffer(await within(replyTimeoutMs, proxy, proxy.expect("offer")));
      const verified = await this.#recipients.verify(wish, offer);
      const sealed = await this.#seal(proxy, wish, { offer, recipients: verified });
      const sessions = this.#sessions;
      answer = new RunningAnswer({
        ...sealed,
        proxy,
        body,
        log,
        now,
        purse,
        reference,
        announcedAs,
        sessions,
        silenceMaxMs,
      });
      return answer;
    } catch (error) {
      const refusal = naming(offer?.worker, error);
      proxy.fail(refusal);
      throw refusal;
    }
  }

  async #seal(
    proxy: Conversation,
    wish: Wish,
    {
      offer,
      recipients: verified,
    }: { readonly offer: Offer; readonly recipients: readonly Recipient[] },
  ): Promise<Pick<AnswerContext, "pending" | "recipients">> {
    const { keepsSessions, networkId, now, purse } = this.#options;
    const nowMs = now();
    const resumed = keepsSessions === true ? this.#sessions.resume(verified, nowMs) : undefined;
    const recipients = resumed?.map(({ recipient }) => recipient) ?? verified;
    const [first, ...others] = recipients;
    if (first === undefined) throw new CocoonError("no_worker");
    const { wire, pending } = await sealRequest({
      recipients: recipients.map(({ key }) => key),
      ...(resumed !== undefined && { resumes: resumed.map(({ kept }) => kept.key) }),
      keepsSession: keepsSessions === true && resumed === undefined,
      isStrict: wish.isStrict === true,
      header: {
        networkId,
        manifestHash: wish.model,
        tier: wish.tier,
        tokensMax: wish.tokensMax,
        ...termsOf(first),
        feeBps: offer.feeBps,
        channel: purse.channel,
        sequence: await purse.takeSequence(),
        alternates: others.map((alternate) => termsOf(alternate)),
      },
      body: wish.body,
      nowMs,
      ttlSeconds,
    });
    for (let start = 0; start < wire.length; start += pieceBytes) {
      const isLast = start + pieceBytes >= wire.length;
      await proxy.say(isLast ? "bodyLast" : "body", wire.subarray(start, start + pieceBytes));
    }
    return { pending, recipients };
  }

  /** One question, one answer, on a stream of its own. */
  async #call(
    kind: number,
    question: Uint8Array,
    answer: "evidence" | "proof" | "status",
  ): Promise<Uint8Array> {
    const proxy = new Conversation(this.#options.connection.open(kind));
    await proxy.send(question);
    proxy.stream.end();
    return await within(replyTimeoutMs, proxy, proxy.expect(answer));
  }
}

/** A refusal for which another worker should be asked names the one that was offered. */
function naming(worker: string | undefined, error: unknown): CocoonError {
  if (!(error instanceof CocoonError)) return new CocoonError("internal", {}, { cause: error });
  const { code, details, row } = error;
  if (worker === undefined || row.retry !== "other_peer") return error;
  return new CocoonError(code, { ...details, worker }, { cause: error });
}

function passOver(error: unknown): void {
  if (!(error instanceof CocoonError)) throw error;
}

/** In the list of a status. */
const workersMax = 65_536;
/** About 30 KiB and 10 ms each. */
const preparedMax = 32;

function termsOf({ offered, worker }: Recipient): Alternate {
  const { promptPerMillion, completionPerMillion } = offered;
  return { claimsHash: worker.claimsHash, promptPerMillion, completionPerMillion };
}
