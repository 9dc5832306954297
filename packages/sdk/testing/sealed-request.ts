// A sealed request to workers that really open it, with the proxy in the test's hands.

import {
  answerContent,
  type AttestedWorker,
  commitContent,
  Conversation,
  createAnswer,
  createConnectionPair,
  createSigningKey,
  encodeEvents,
  ExecutedRequests,
  fromHex,
  hashLeaf,
  Keyring,
  nanotons,
  openKeyConfig,
  type OpenedRequest,
  openRequest,
  primitives,
  requestContent,
  sealRequest,
  signPromise,
  signReceipt,
  type SigningKey,
  type Stream,
  streamKinds,
  toHex,
  utf8,
} from "@cocoon/protocol";
import assert from "node:assert/strict";
import { RunningAnswer } from "../src/session/answer.ts";
import type { Recipient } from "../src/session/recipients.ts";
import { ResumableSessions } from "../src/session/resumable-sessions.ts";
import { Purse } from "../src/spend/index.ts";
import { PaymentMemory } from "./payment-memory.ts";

const nowMs = 1_795_000_000_000;
const channel = `0:${"c1".repeat(32)}`;
const body = utf8('{"path":"/v1/chat/completions","body":{}}');
const logKey = createSigningKey(new Uint8Array(32).fill(9));

/** An answer as its worker sealed it. */
export type Answered = {
  readonly head: Uint8Array;
  /** All but the last. */
  readonly chunks: readonly Uint8Array[];
  readonly receipt: Uint8Array;
  readonly final: Uint8Array;
};

/** A request on its way, whose proxy is the test's. */
export type SentRequest = {
  readonly workers: readonly [AnsweringWorker, AnsweringWorker];
  readonly wire: Uint8Array;
  readonly proxy: Conversation;
  readonly running: RunningAnswer;
  readonly purse: Purse;
};

/** A worker that opens what is sealed to it and answers whatever it is told to. */
export class AnsweringWorker {
  readonly identityKey: SigningKey;
  readonly claimsHash: string;
  readonly price: bigint;
  readonly #keyring: Keyring;
  readonly #executed = new ExecutedRequests();

  constructor(seed: number) {
    this.identityKey = createSigningKey(new Uint8Array(32).fill(seed));
    this.claimsHash = toHex(new Uint8Array(32).fill(seed));
    this.price = 1_000_000n * BigInt(seed);
    this.#keyring = new Keyring({ suite: 1, identityKey: this.identityKey });
  }

  async recipient(): Promise<Recipient> {
    const { keyConfig } = await this.#keyring.current(nowMs);
    const prices = { promptPerMillion: nanotons(this.price), completionPerMillion: nanotons(0n) };
    const { publicKey } = this.identityKey;
    const claims = { identityKey: publicKey, workerId: this.claimsHash };
    return {
      offered: { worker: this.claimsHash, claimsHash: this.claimsHash, keyConfig, ...prices },
      // oxlint-disable-next-line no-unsafe-type-assertion -- what an answer looks at
      worker: { claims, claimsHash: this.claimsHash, tier: "dev" } as unknown as AttestedWorker,
      bundle: new Uint8Array(),
      key: openKeyConfig(keyConfig, publicKey, nowMs),
    };
  }

  open(wire: Uint8Array, release?: Uint8Array): Promise<OpenedRequest> {
    return openRequest(wire, this.#keyring, { nowMs, executed: this.#executed, release });
  }

  /** A whole answer, a chunk for each event; with what a crooked worker would write in its receipt. */
  answer(
    opened: OpenedRequest,
    changed: Partial<Parameters<typeof signReceipt>[1]> = {},
    events: readonly string[] = [`{"from":"${this.claimsHash}"}`],
  ): Answered {
    const answer = createAnswer(opened);
    const chunks = events.map((event) => answer.seal({ kind: "event", events: [event] }));
    const salt = new Uint8Array(32).fill(5);
    const content = { ...requestContent(opened.body), ...answerContent(encodeEvents(events)) };
    const { commitment, digests } = commitContent(salt, content);
    const { requestId, headerHash, header, requestHash, terms } = opened;
    const receipt = signReceipt(this.identityKey, {
      requestId,
      headerHash,
      claimsHash: fromHex(terms.claimsHash) ?? new Uint8Array(),
      manifestHash: fromHex(header.manifestHash) ?? new Uint8Array(),
      channel: header.channel,
      sequence: header.sequence,
      tier: "dev",
      usage: { promptTokens: 1, completionTokens: 1 },
      terms,
      requestHash,
      answerHash: answer.answerHash(),
      chunkCount: answer.chunkCount,
      startedAtMs: nowMs,
      finishedAtMs: nowMs,
      finishReason: "stop",
      contentCommitment: commitment,
      ...changed,
    });
    const rest = { digests: digests.map(toHex) };
    return {
      head: answer.head,
      chunks,
      receipt,
      final: answer.seal({ kind: "final", receipt, salt, rest }),
    };
  }
}

export function promiseOf({ receipt }: Pick<Answered, "receipt">): Uint8Array {
  return signPromise(logKey, { leafHash: hashLeaf(receipt), index: 0, timestampMs: nowMs });
}

/** Seals a request to two workers and sends it. */
export async function startRequest(): Promise<SentRequest> {
  const workers = [new AnsweringWorker(1), new AnsweringWorker(2)] as const;
  const recipients = await Promise.all(workers.map((worker) => worker.recipient()));
  const termsOf = ({ offered }: Recipient) => {
    const { claimsHash, promptPerMillion, completionPerMillion } = offered;
    return { claimsHash, promptPerMillion, completionPerMillion };
  };
  const [first, second] = recipients;
  assert.ok(first !== undefined && second !== undefined);
  const { wire, pending } = await sealRequest({
    recipients: recipients.map(({ key }) => key),
    header: {
      networkId: -7239,
      manifestHash: "a4".repeat(32),
      tier: "dev",
      tokensMax: 10,
      ...termsOf(first),
      feeBps: 0,
      channel,
      sequence: 1,
      alternates: [termsOf(second)],
    },
    body,
    nowMs,
    ttlSeconds: 60,
  });
  const { dialer, listener } = createConnectionPair();
  const accepted = new Promise<Conversation>((resolve) => {
    listener.serve((stream: Stream) => resolve(new Conversation(stream)));
  });
  const client = new Conversation(dialer.open(streamKinds.request));
  const purse = await Purse.open({
    channel,
    store: new PaymentMemory(),
    sessionKey: createSigningKey(primitives.randomBytes(32)),
    networkId: -7239,
  });
  const running = new RunningAnswer({
    proxy: client,
    pending,
    body,
    recipients,
    sessions: new ResumableSessions(),
    log: { bond: channel, publicKey: logKey.publicKey },
    purse,
    now: () => nowMs,
    reference: undefined,
    announcedAs: undefined,
    silenceMaxMs: 60_000,
  });
  return { workers, wire, proxy: await accepted, running, purse };
}
