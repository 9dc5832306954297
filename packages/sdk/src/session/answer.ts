// An answer as it comes: opened chunk by chunk, checked at the end, stored before it counts.

import {
  acceptPromise,
  answerContent,
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
  type Receipt,
  requestContent,
  toHex,
  tokenContent,
  type TokenIds,
  verifyContent,
  verifyReceipt,
} from "@cocoon/protocol";
import type { AcceptedAnswer, AnswerLog, Purse } from "../spend/index.ts";
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
  readonly worker: AttestedWorker;
  readonly bundle: Uint8Array;
  readonly log: AnswerLog;
  readonly purse: Purse;
  readonly now: () => number;
  /** A proxy that is silent for longer is given up. */
  readonly silenceMaxMs: number;
};

export class RunningAnswer {
  readonly worker: AttestedWorker;
  readonly #context: AnswerContext;
  /** All events so far: what the receipt must commit to. */
  readonly #events: string[] = [];
  /** Those that the worker told; none where they were not asked for. */
  readonly #tokenIds = { prompt: [] as number[], answer: [] as number[] };
  #completed: CompletedAnswer | undefined;
  #isFinishing = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.worker = context.worker;
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
   * The events as the worker sealed them: JSON texts. When the iteration ends by itself the answer is complete; when it
   * throws, or is left early, it is given up and nothing is paid.
   */
  async *events(): AsyncGenerator<string, void, undefined> {
    const { proxy, pending } = this.#context;
    try {
      const opener = openAnswer(pending, expectMessage(await this.#hear(), "answer"));
      let promise: Uint8Array | undefined;
      for (;;) {
        const message = await this.#hear();
        if (message?.name === "promise") {
          promise = message.body;
          continue;
        }
        if (message?.name === "final") {
          await this.#finish(opener, message.body, promise);
          return;
        }
        const events = this.#take(openFrame(opener, expectMessage(message, "answer")));
        yield* events;
      }
    } catch (error) {
      proxy.fail(error instanceof CocoonError ? error : new CocoonError("internal"));
      throw error;
    } finally {
      if (this.#completed === undefined) this.cancel();
    }
  }

  /** Keeps what the receipt has to commit to; returns what the application is told. */
  #take(frame: AnswerFrame): readonly string[] {
    if (frame.kind === "event") {
      this.#events.push(...frame.events);
      return frame.events;
    }
    if (frame.kind === "tokens") {
      const { prompt, answer } = this.#tokenIds;
      const { tokensMax } = this.#context.pending.header;
      if (prompt.length + answer.length + frame.ids.length > tokensMax) {
        throw new CocoonError("sealed_malformed", { field: "tokens" });
      }
      for (const id of frame.ids) this.#tokenIds[frame.of].push(id);
    }
    return [];
  }

  async #finish(
    opener: AnswerOpener,
    chunk: Uint8Array,
    promise: Uint8Array | undefined,
  ): Promise<void> {
    const { proxy, worker, bundle, log, purse, now } = this.#context;
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
    };
    // Who gave up, or lost the proxy, says that it has no answer: from here on it has.
    proxy.stream.signal.throwIfAborted();
    this.#isFinishing = true;
    await purse.accept(answer);
    this.#completed = { answer, receipt, worker, content };
    // It is stored: if this does not reach the proxy, it will learn when the channel is attached again.
    await proxy.say("acknowledge").catch(() => undefined);
    proxy.stream.end();
  }

  /** The receipt must be the attested worker's, for exactly what was asked and what was received. */
  #verify(bytes: Uint8Array, opener: AnswerOpener): Receipt {
    const { pending, worker } = this.#context;
    const { header } = pending;
    const receipt = verifyReceipt(bytes, worker.claims.identityKey);
    matchReceipt(receipt, {
      requestId: pending.requestId,
      headerHash: pending.headerHash,
      claimsHash: fromHex(header.claimsHash) ?? new Uint8Array(),
      manifestHash: fromHex(header.manifestHash) ?? new Uint8Array(),
      channel: header.channel,
      sequence: header.sequence,
      tier: worker.tier,
      terms: header,
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
