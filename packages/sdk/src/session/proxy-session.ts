// A client's conversation with one proxy, over one connection: evidence, requests, proofs, payment.

import {
  type AttestedWorker,
  CocoonError,
  type Closed,
  type Connection,
  Conversation,
  encodeAsk,
  encodeGetProof,
  encodeMessage,
  type EvidenceCache,
  fromHex,
  type JsonReader,
  type LogProof,
  type Offer,
  openKeyConfig,
  type PendingRequest,
  type Policy,
  type RawAddress,
  readJsonBody,
  readLogProof,
  readOffer,
  sealRequest,
  streamKinds,
  type TrustProfile,
  type VerifyOptions,
} from "@cocoon/protocol";
import type { AnswerLog, Purse } from "../spend/index.ts";
import { AccountLink, type AccountState } from "./account.ts";
import { type AnswerContext, RunningAnswer } from "./answer.ts";
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
  /** Evidence verified before; shared by all sessions of a client. */
  readonly evidence: EvidenceCache;
  readonly now: () => number;
};

/** How long a worker may still begin a request after it was sealed. */
const ttlSeconds = 120;
/** Pieces of a sealed request; the first holds the whole public part. */
const pieceBytes = 65_536;
/** Longer than the proxy waits for a worker, so that its reason arrives first. */
const silenceMaxMs = 150_000;

export class ProxySession {
  readonly #options: SessionOptions;
  readonly #account: AccountLink;
  /** Evidence bundles as they came, by claims hash: a proof needs them whole. */
  readonly #bundles = new Map<string, Uint8Array>();

  private constructor(options: SessionOptions, account: AccountLink) {
    this.#options = options;
    this.#account = account;
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

  stop(): void {
    this.#account.stop();
  }

  async #ask(wish: Wish): Promise<RunningAnswer> {
    const { connection, purse } = this.#options;
    const { body: _body, signal, ...asked } = wish;
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
      await proxy.send(encodeAsk({ ...asked, channel: purse.channel }));
      offer = readOffer(await within(replyTimeoutMs, proxy, proxy.expect("offer")));
      const worker = await this.#verify(wish, offer);
      const pending = await this.#seal(proxy, wish, { offer, worker });
      answer = this.#answer({ proxy, pending, body: wish.body }, worker);
      return answer;
    } catch (error) {
      const refusal = naming(offer?.worker, error);
      proxy.fail(refusal);
      throw refusal;
    }
  }

  #answer(
    asked: Pick<AnswerContext, "proxy" | "pending" | "body">,
    worker: AttestedWorker,
  ): RunningAnswer {
    const { log, purse, now } = this.#options;
    const bundle = this.#bundles.get(worker.claimsHash) ?? new Uint8Array();
    return new RunningAnswer({ ...asked, worker, bundle, log, purse, now, silenceMaxMs });
  }

  /** The order of checks is that of spec chapter 2: policy, evidence, price, key. */
  async #verify(wish: Wish, offer: Offer): Promise<AttestedWorker> {
    const { evidence, policy, profiles, now } = this.#options;
    const options: VerifyOptions = {
      policy: await policy(),
      profiles,
      nowMs: now(),
      expect: { tier: wish.tier, workerId: offer.worker, manifestHash: wish.model },
    };
    if (offer.worker !== (wish.worker ?? offer.worker)) {
      throw new CocoonError("offer_mismatch", { field: "worker" });
    }
    const isDearer =
      offer.promptPerMillion > (wish.promptPerMillionMax ?? offer.promptPerMillion) ||
      offer.completionPerMillion > (wish.completionPerMillionMax ?? offer.completionPerMillion);
    if (isDearer) throw new CocoonError("price_above_cap", { worker: offer.worker });
    const known = this.#bundles.has(offer.claimsHash)
      ? evidence.find(offer.claimsHash, options)
      : undefined;
    const worker = known ?? (await this.#fetchEvidence(offer.claimsHash, options));
    if (worker.claimsHash !== offer.claimsHash) throw new CocoonError("offer_mismatch");
    return worker;
  }

  async #fetchEvidence(claimsHash: string, options: VerifyOptions): Promise<AttestedWorker> {
    const request = encodeMessage("getEvidence", fromHex(claimsHash) ?? new Uint8Array());
    const bundle = await this.#call(streamKinds.evidence, request, "evidence");
    const worker = await this.#options.evidence.verify(bundle, options);
    if (this.#bundles.size >= bundlesMax) this.#bundles.clear();
    this.#bundles.set(worker.claimsHash, bundle);
    return worker;
  }

  async #seal(
    proxy: Conversation,
    wish: Wish,
    { offer, worker }: { readonly offer: Offer; readonly worker: AttestedWorker },
  ): Promise<PendingRequest> {
    const { networkId, purse, now } = this.#options;
    const nowMs = now();
    const key = openKeyConfig(offer.keyConfig, worker.claims.identityKey, nowMs);
    const { wire, pending } = await sealRequest({
      recipients: [key],
      header: {
        networkId,
        manifestHash: wish.model,
        tier: wish.tier,
        tokensMax: wish.tokensMax,
        promptPerMillion: offer.promptPerMillion,
        completionPerMillion: offer.completionPerMillion,
        feeBps: offer.feeBps,
        channel: purse.channel,
        sequence: await purse.takeSequence(),
        claimsHash: offer.claimsHash,
      },
      body: wish.body,
      nowMs,
      ttlSeconds,
    });
    for (let start = 0; start < wire.length; start += pieceBytes) {
      const isLast = start + pieceBytes >= wire.length;
      await proxy.say(isLast ? "bodyLast" : "body", wire.subarray(start, start + pieceBytes));
    }
    return pending;
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

/** One bundle is about 30 KiB: 256 of them are 8 MiB. */
const bundlesMax = 256;
