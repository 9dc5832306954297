// A proxy that plays with failover: each trick is refused with a code, and nothing is paid for it.

import {
  answerContent,
  type AttestedWorker,
  CocoonError,
  commitContent,
  Conversation,
  createAnswer,
  createConnectionPair,
  createSigningKey,
  encodeEvents,
  encodeFailed,
  encodeMessage,
  type ErrorCode,
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
import { test } from "node:test";
import { PaymentMemory } from "../../testing/payment-memory.ts";
import { Purse } from "../spend/index.ts";
import { RunningAnswer } from "./answer.ts";
import type { Recipient } from "./recipients.ts";
import { ResumableSessions } from "./resumable-sessions.ts";

const nowMs = 1_795_000_000_000;
const channel = `0:${"c1".repeat(32)}`;
const body = utf8('{"path":"/v1/chat/completions","body":{}}');
const logKey = createSigningKey(new Uint8Array(32).fill(9));
const failed = encodeFailed(new CocoonError("peer_unreachable"));

class Worker {
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

  /** A whole answer; with what a crooked worker would write in its receipt. */
  answer(opened: OpenedRequest, changed: Partial<Parameters<typeof signReceipt>[1]> = {}) {
    const answer = createAnswer(opened);
    const events = [`{"from":"${this.claimsHash}"}`];
    const chunk = answer.seal({ kind: "event", events });
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
      chunk,
      receipt,
      final: answer.seal({ kind: "final", receipt, salt, rest }),
    };
  }
}

type Answered = ReturnType<Worker["answer"]>;

function promiseOf({ receipt }: Pick<Answered, "receipt">): Uint8Array {
  return signPromise(logKey, { leafHash: hashLeaf(receipt), index: 0, timestampMs: nowMs });
}

/** A request to two workers, and both ends of its stream. */
async function rig() {
  const workers = [new Worker(1), new Worker(2)] as const;
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
    silenceMaxMs: 60_000,
  });
  const heard: string[] = [];
  const hear = async (mayBeginAnew = true): Promise<void> => {
    const teller = { mayBeginAnew, beginAnew: () => void heard.push("anew") };
    for await (const event of running.events(teller)) heard.push(event);
  };
  const proxy = await accepted;
  const release = async (): Promise<Uint8Array> => {
    await proxy.send(failed);
    return await proxy.expect("release");
  };
  return { workers, wire, proxy, running, purse, heard, hear, release };
}

type Rig = Awaited<ReturnType<typeof rig>>;

const say = async (proxy: Conversation, { head, chunk }: Answered): Promise<void> => {
  await proxy.say("answer", head);
  await proxy.say("answer", chunk);
};
const finish = async (proxy: Conversation, answered: Answered): Promise<void> => {
  await proxy.say("promise", promiseOf(answered));
  await proxy.say("final", answered.final);
};

async function refuses(code: ErrorCode, trick: (rig: Rig) => Promise<void>): Promise<void> {
  const made = await rig();
  const hearing = assert.rejects(made.hear(), (error: CocoonError) => error.code === code);
  await trick(made);
  await hearing;
  assert.equal(made.purse.spent, 0n);
  assert.equal(made.running.completed, undefined);
}

test("FAILED, RELEASE, and the next worker's answer: it is paid once, at that worker's price, and named", async () => {
  const { workers, wire, proxy, running, purse, heard, hear, release } = await rig();
  const hearing = hear();
  await say(proxy, workers[0].answer(await workers[0].open(wire)));
  const answered = workers[1].answer(await workers[1].open(wire, await release()));
  await say(proxy, answered);
  await finish(proxy, answered);
  await proxy.expect("acknowledge");
  await hearing;
  assert.deepEqual(heard.slice(-2), ["anew", `{"from":"${workers[1].claimsHash}"}`]);
  assert.equal(running.worker.claimsHash, workers[1].claimsHash);
  assert.equal(
    toHex(running.completed?.receipt.claimsHash ?? new Uint8Array()),
    workers[1].claimsHash,
  );
  assert.deepEqual(
    running.opened,
    workers.map(({ claimsHash }) => claimsHash),
  );
  assert.equal(purse.spent, 2n);
});

test("an application that can't begin anew ends with the failure's code, and nothing is released", async () => {
  const { proxy, purse, hear } = await rig();
  const hearing = assert.rejects(hear(false), { code: "peer_unreachable" });
  await proxy.send(failed);
  await assert.rejects(proxy.expect("release"), { code: "peer_unreachable" });
  await hearing;
  assert.equal(purse.spent, 0n);
});

test("the answer of the worker that failed is none any more", () =>
  refuses("answer_mismatched", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    await release();
    await proxy.say("answer", early.head);
  }));

test("an answer of a worker before its turn is none", () =>
  refuses("answer_mismatched", async ({ workers, proxy, wire }) => {
    await assert.rejects(workers[1].open(wire), { code: "recipient_unreleased" });
    const head = encodeMessage("answer", workers[0].answer(await workers[0].open(wire)).head);
    const { kid } = (await workers[1].recipient()).key;
    head.set(kid, 1 + 4 + 1 + 16);
    await proxy.send(head);
  }));

test("a piece of one worker's answer does not pass in the other's", () =>
  refuses("sealed_unopenable", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    const late = workers[1].answer(await workers[1].open(wire, await release()));
    await proxy.say("answer", late.head);
    await proxy.say("answer", early.chunk);
  }));

test("the final chunk of one worker does not end the other's answer", () =>
  refuses("sealed_unopenable", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    const late = workers[1].answer(await workers[1].open(wire, await release()));
    await say(proxy, late);
    await finish(proxy, early);
  }));

test("a promise for the receipt of one worker does not stand for the other's", () =>
  refuses("promise_invalid", async ({ workers, wire, proxy, release }) => {
    const early = workers[0].answer(await workers[0].open(wire));
    const late = workers[1].answer(await workers[1].open(wire, await release()));
    await say(proxy, late);
    await proxy.say("promise", promiseOf(early));
    await proxy.say("final", late.final);
  }));

test("a receipt that names another worker, or its price, is refused whoever sealed it", async () => {
  for (const field of ["claimsHash", "terms"] as const) {
    await refuses("receipt_mismatch", async ({ workers, wire, proxy, release }) => {
      const { terms } = await workers[0].open(wire);
      const other = { claimsHash: fromHex(terms.claimsHash) ?? new Uint8Array(), terms };
      const opened = await workers[1].open(wire, await release());
      const late = workers[1].answer(opened, { [field]: other[field] });
      await say(proxy, late);
      await finish(proxy, late);
    });
  }
});

test("FAILED that no failure of a worker is, with nobody left, or after a promise, is misbehaviour", async () => {
  await refuses("peer_misbehaved", ({ proxy }) =>
    proxy.send(encodeFailed(new CocoonError("request_malformed"))),
  );
  await refuses("peer_misbehaved", async ({ proxy, release }) => {
    await release();
    await proxy.send(failed);
  });
  await refuses("peer_misbehaved", async ({ workers, wire, proxy }) => {
    const answered = workers[0].answer(await workers[0].open(wire));
    await say(proxy, answered);
    await proxy.say("promise", promiseOf(answered));
    await proxy.send(failed);
  });
});
