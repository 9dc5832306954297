// An answer as it comes: opened chunk by chunk, checked at the end, stored before it counts.

import {
  acceptPromise,
  answerContent,
  answerFrameBytesMax,
  type AnswerFrame,
  type AnswerOpener,
  type AttestedWorker,
  CocoonError,
  contentFieldsMax,
  Conversation,
  encodeEvents,
  expectMessage,
  fromHex,
  hashLeaf,
  matchReceipt,
  type Message,
  nanotons,
  openAnswer,
  type OpenableContent,
  type PendingRequest,
  readFailed,
  type Receipt,
  recipientTerms,
  requestContent,
  toHex,
  tokenContent,
  type TokenIds,
  type TokenKind,
  verifyContent,
  verifyReceipt,
} from "@cocoon/protocol";
import type { AcceptedAnswer, AnswerLog, Purse } from "../spend/index.ts";
import type { Recipient } from "./recipients.ts";
import type { ResumableSessions } from "./resumable-sessions.ts";
import { within } from "./within.ts";

/** An answer that is complete, verified, stored and acknowledged. */
export type CompletedAnswer = {
  readonly answer: AcceptedAnswer;
  readonly receipt: Receipt;
  readonly worker: AttestedWorker;
  /** What was asked and answered, verified against the receipt's commitment: for openContent(). In memory alone. */
  readonly content: OpenableContent;
};

export type AnswerContext = {
  readonly proxy: Conversation;
  readonly pending: PendingRequest;
  /** What was sealed. */
  readonly body: Uint8Array;
  /** Those that it was sealed to, in their order. */
  readonly recipients: readonly Recipient[];
  readonly sessions: ResumableSessions;
  readonly log: AnswerLog;
  readonly reference: string | undefined;
  readonly announcedAs: string | undefined;
  readonly purse: Purse;
  readonly now: () => number;
  /** A proxy that is silent for longer is given up. */
  readonly silenceMaxMs: number;
};

/** Who takes an answer's events, when more than one worker may tell them. */
export type AnswerListener = {
  /** Whether another worker may answer in place of the one that failed. */
  readonly mayBeginAnew: boolean;
  /** Another worker answers: what it says begins at the beginning. */
  readonly beginAnew: () => void;
};

/** What came together, at least one: it goes on together, so that a busy way costs less than a quiet one. */
export type Burst<Event> = readonly Event[];

export class RunningAnswer {
  readonly #context: AnswerContext;
  /** All events of the recipient whose turn it is: what its receipt must commit to. */
  #events: string[] = [];
  /** Those that it told; none where they were not asked for. */
  #tokenIds: { readonly prompt: number[]; readonly answer: number[] } = { prompt: [], answer: [] };
  /** Which recipient's turn it is. */
  #turn = 0;
  #opener: AnswerOpener | undefined;
  #promise: Uint8Array | undefined;
  /** The beginning of an event that is still on its way. */
  #part = "";
  #completed: CompletedAnswer | undefined;
  #isFinishing = false;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  /** The worker whose turn it is. */
  get worker(): AttestedWorker {
    return this.#recipient.worker;
  }

  /** Workers that could have opened the request so far, hex ids. All but the last have failed. */
  get opened(): readonly string[] {
    return this.#context.recipients.slice(0, this.#turn + 1).map(({ offered }) => offered.worker);
  }

  /** Request id, hex. */
  get request(): string {
    return toHex(this.#context.pending.requestId);
  }

  /** Set once events() has come to its end. */
  get completed(): CompletedAnswer | undefined {
    return this.#completed;
  }

  /** Gives the answer up: the worker's engine stops, and nothing is paid. Too late when it is complete. */
  cancel(): void {
    if (!this.#isFinishing) this.#context.proxy.fail(new CocoonError("cancelled"));
  }

  /**
   * The events as the worker sealed them: JSON texts, those of a frame together. A worker that fails is followed by the next recipient, if the
   * listener lets it. When the iteration ends by itself the answer is complete; when it throws, or is left early, it is
   * given up and nothing is paid.
   */
  async *events(listener: AnswerListener): AsyncGenerator<Burst<string>, void, undefined> {
    const { proxy } = this.#context;
    try {
      for (;;) {
        const message = await this.#hear();
        if (message?.name === "final" && this.#opener !== undefined) {
          await this.#finish(this.#opener, message.body);
          return;
        }
        const events = await this.#take(message, listener);
        if (events.length > 0) yield events;
      }
    } catch (error) {
      this.#forgetSession(error);
      proxy.fail(error instanceof CocoonError ? error : new CocoonError("internal"));
      throw error;
    } finally {
      if (this.#completed === undefined) this.cancel();
    }
  }

  get #recipient(): Recipient {
    const recipient = this.#context.recipients[this.#turn];
    if (recipient === undefined) throw new RangeError("no such recipient");
    return recipient;
  }

  /** Any message but the last. */
  async #take(message: Message | undefined, listener: AnswerListener): Promise<readonly string[]> {
    if (message?.name === "failed" && this.#promise === undefined) {
      await this.#moveOn(readFailed(message.body), listener);
    } else if (this.#opener === undefined) {
      const head = expectMessage(message, "answer");
      this.#opener = openAnswer(this.#context.pending, head, this.#turn);
    } else if (message?.name === "promise") {
      this.#promise = message.body;
    } else {
      return this.#read(openFrame(this.#opener, expectMessage(message, "answer")));
    }
    return [];
  }

  /** Lets the next recipient open the request. From here on an answer of the one before is none. */
  async #moveOn(failure: CocoonError, listener: AnswerListener): Promise<void> {
    const { pending, proxy } = this.#context;
    const release = pending.recipients[this.#turn + 1]?.release;
    if (release === undefined)
      throw new CocoonError("peer_misbehaved", { reason: "nobody is left" });
    if (!listener.mayBeginAnew) throw failure;
    this.#forgetSession(failure);
    this.#turn += 1;
    this.#opener = undefined;
    this.#events = [];
    this.#tokenIds = { prompt: [], answer: [] };
    this.#part = "";
    listener.beginAnew();
    await proxy.say("release", release);
  }

  #forgetSession(error: unknown): void {
    const isGone = error instanceof CocoonError && error.code === "session_unknown";
    if (isGone) this.#context.sessions.forget(this.#recipient.key.kid);
  }

  /** Keeps what the receipt has to commit to; gives what the application is told. */
  #read(frame: AnswerFrame): readonly string[] {
    if (frame.kind === "tokens") this.#keepTokens(frame.of, frame.ids);
    if (frame.kind === "part") this.#keepPart(frame.text);
    if (frame.kind !== "event") return [];
    const events = frame.events.map((text, index) => (index === 0 ? this.#part + text : text));
    if (events.length > 0) this.#part = "";
    this.#events.push(...events);
    return events;
  }

  #keepTokens(of: TokenKind, ids: readonly number[]): void {
    const { prompt, answer } = this.#tokenIds;
    const { tokensMax } = this.#context.pending.header;
    if (prompt.length + answer.length + ids.length > tokensMax) {
      throw new CocoonError("sealed_malformed", { field: "tokens" });
    }
    for (const id of ids) this.#tokenIds[of].push(id);
  }

  #keepPart(text: string): void {
    if (this.#part.length + text.length > answerFrameBytesMax) {
      throw new CocoonError("sealed_malformed", { field: "part" });
    }
    this.#part += text;
  }

  async #finish(opener: AnswerOpener, chunk: Uint8Array): Promise<void> {
    const promise = this.#promise;
    const { announcedAs, log, proxy, purse, now, reference } = this.#context;
    const { worker, bundle } = this.#recipient;
    const { frame } = opener.open(chunk);
    opener.end();
    if (frame.kind === "error") throw new CocoonError(frame.code, frame.details);
    if (frame.kind !== "final") throw new CocoonError("sealed_malformed", { field: "final" });
    const receipt = this.#verify(frame.receipt, opener);
    const content = this.#verifyContent(receipt, frame.salt, frame.rest["digests"]);
    this.#verifyPromise(frame.receipt, promise);
    const answer: AcceptedAnswer = {
      request: this.request,
      channel: receipt.channel,
      amount: nanotons(receipt.workNanotons + receipt.feeNanotons),
      receipt: frame.receipt,
      salt: frame.salt,
      promise: promise ?? new Uint8Array(),
      log,
      bundle,
      acceptedAtMs: now(),
      ...(reference !== undefined && { reference }),
      ...(announcedAs !== undefined && { announcedAs }),
    };
    // Who gave up, or lost the proxy, says that it has no answer: from here on it has.
    proxy.stream.signal.throwIfAborted();
    this.#isFinishing = true;
    await purse.accept(answer);
    this.#completed = { answer, receipt, worker, content };
    this.#keepSession();
    // It is stored: if this does not reach the proxy, it will learn when the channel is attached again.
    await proxy.say("acknowledge").catch(() => undefined);
    proxy.stream.end();
  }

  /** That the worker could answer shows that it keeps the session. */
  #keepSession(): void {
    const { now, pending, sessions } = this.#context;
    const session = pending.recipients[this.#turn]?.session;
    if (session !== undefined) sessions.keep(session, now());
  }

  /** The receipt must be the attested worker's, for exactly what was asked and what was received. */
  #verify(bytes: Uint8Array, opener: AnswerOpener): Receipt {
    const { pending } = this.#context;
    const { worker } = this.#recipient;
    const { header } = pending;
    const terms = recipientTerms(header, this.#turn);
    const receipt = verifyReceipt(bytes, worker.claims.identityKey);
    matchReceipt(receipt, {
      requestId: pending.requestId,
      headerHash: pending.headerHash,
      claimsHash: fromHex(terms.claimsHash) ?? new Uint8Array(),
      manifestHash: fromHex(header.manifestHash) ?? new Uint8Array(),
      channel: header.channel,
      sequence: header.sequence,
      tier: worker.tier,
      terms,
      requestHash: pending.requestHash,
      answerHash: opener.answerHash(),
      chunkCount: opener.chunkCount,
    });
    const { promptTokens, completionTokens } = receipt.usage;
    if (promptTokens + completionTokens > header.tokensMax) {
      throw new CocoonError("receipt_mismatch", { field: "usage" });
    }
    return receipt;
  }

  /** The worker committed to what this client asked and got: nobody can later show another prompt or answer. */
  #verifyContent(receipt: Receipt, salt: Uint8Array, told: unknown): OpenableContent {
    const fields = {
      ...requestContent(this.#context.body),
      ...answerContent(encodeEvents(this.#events)),
      ...tokenContent(this.#toldTokenIds(receipt)),
    };
    const content = { salt, digests: readDigests(told) };
    if (!verifyContent(receipt.contentCommitment, content, fields)) {
      throw new CocoonError("receipt_mismatch", { field: "contentCommitment" });
    }
    return { ...content, fields };
  }

  /** Told ids are what the receipt counted, one by one. */
  #toldTokenIds({ usage }: Receipt): TokenIds {
    const { prompt, answer } = this.#tokenIds;
    const isCounted =
      (prompt.length === 0 || prompt.length === usage.promptTokens) &&
      (answer.length === 0 || answer.length === usage.completionTokens);
    if (!isCounted) throw new CocoonError("receipt_mismatch", { field: "usage" });
    return {
      ...(prompt.length > 0 && { prompt }),
      ...(answer.length > 0 && { answer }),
    };
  }

  #verifyPromise(receipt: Uint8Array, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) throw new CocoonError("promise_invalid", { reason: "missing" });
    const { log, now } = this.#context;
    acceptPromise(bytes, log.publicKey, { leafHash: hashLeaf(receipt), nowMs: now() });
  }

  #hear(): Promise<Message | undefined> {
    const { proxy, silenceMaxMs } = this.#context;
    return within(silenceMaxMs, proxy, proxy.hear());
  }
}

function openFrame(opener: AnswerOpener, chunk: Uint8Array): AnswerFrame {
  const { frame, isFinal } = opener.open(chunk);
  if (isFinal) throw new CocoonError("sealed_malformed", { field: "final" });
  if (frame.kind === "error") throw new CocoonError(frame.code, frame.details);
  return frame;
}

/** Hex texts of 32 bytes; none where it is anything else, which no commitment matches. */
function readDigests(told: unknown): readonly Uint8Array[] {
  if (!Array.isArray(told) || told.length > contentFieldsMax) return [];
  return told.map((digest) => fromHex(String(digest)) ?? new Uint8Array());
}
