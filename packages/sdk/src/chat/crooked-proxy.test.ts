// A proxy that plays with the pieces of an answer: whatever it cuts, swaps, repeats or puts in, cocoon.chat() raises. No
// part of an answer is given as a whole one, and none is paid for.

import { CocoonError, type ErrorCode, nanotons, toHex } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Answered,
  promiseOf,
  type SentRequest,
  startRequest,
} from "../../testing/sealed-request.ts";
import type { RootPolicy } from "../chain/index.ts";
import type { ProxySession } from "../session/index.ts";
import { createCocoon } from "./cocoon.ts";

const words = ["one ", "two ", "three"];
const body = { model: "m", messages: [{ role: "user", content: "count" }] };
const listing = {
  name: "m",
  contextTokens: 100,
  promptPerMillionMax: nanotons(1n),
  completionPerMillionMax: nanotons(1n),
};
const policy = { models: new Map([["ab".repeat(32), listing]]), pending: [] };

function eventOf(choices: readonly object[], more: object = {}): string {
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
  return JSON.stringify({ ...head, choices, ...more });
}

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const events = [
  ...words.map((content) => eventOf([{ index: 0, delta: { content }, finish_reason: null }])),
  eventOf([{ index: 0, delta: {}, finish_reason: "stop" }]),
  eventOf([], { usage }),
];

/** What the proxy sends on for an answer: its head, its pieces in some order, and its end, if it has one. */
type Passed = {
  readonly head: Uint8Array;
  readonly pieces: readonly Uint8Array[];
  readonly promise?: Uint8Array;
  readonly final?: Uint8Array;
};

type Trick = (answered: Answered, foreign: Answered) => Passed;

/** Everything as the worker sent it. */
const honest = (answered: Answered) => {
  const { head, chunks: pieces, final } = answered;
  return { head, pieces, promise: promiseOf(answered), final };
};

const at = <Value>(values: readonly Value[], index: number): Value =>
  values.at(index) ?? assert.fail(`no piece ${index}`);
const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);

const tricks: readonly (readonly [what: string, code: ErrorCode, trick: Trick])[] = [
  ["an end before anything", "peer_unreachable", ({ head }) => ({ head, pieces: [] })],
  [
    "an end after the first piece",
    "peer_unreachable",
    ({ head, chunks }) => ({ head, pieces: chunks.slice(0, 1) }),
  ],
  [
    "an end after the last words, without a receipt",
    "peer_unreachable",
    ({ head, chunks }) => ({ head, pieces: chunks }),
  ],
  [
    "a first piece that is missing",
    "sealed_unopenable",
    (whole) => ({ ...honest(whole), pieces: whole.chunks.slice(1) }),
  ],
  [
    "last pieces that are missing",
    "sealed_unopenable",
    (whole) => ({ ...honest(whole), pieces: whole.chunks.slice(0, 2) }),
  ],
  [
    "two pieces in another order",
    "sealed_unopenable",
    (whole) => {
      const [one, two] = [at(whole.chunks, 0), at(whole.chunks, 1)];
      return { ...honest(whole), pieces: [two, one, ...whole.chunks.slice(2)] };
    },
  ],
  [
    "a piece twice",
    "sealed_unopenable",
    (whole) => ({ ...honest(whole), pieces: [at(whole.chunks, 0), ...whole.chunks] }),
  ],
  [
    "a piece of another answer to another request",
    "sealed_unopenable",
    (whole, foreign) => {
      return { ...honest(whole), pieces: whole.chunks.with(1, at(foreign.chunks, 1)) };
    },
  ],
  [
    "the end of another answer",
    "sealed_unopenable",
    (whole, foreign) => ({ ...honest(whole), final: foreign.final }),
  ],
  ["another answer altogether", "answer_mismatched", (_, foreign) => honest(foreign)],
  [
    "a bit that is another one",
    "sealed_unopenable",
    (whole) => ({ ...honest(whole), pieces: whole.chunks.with(1, flipped(at(whole.chunks, 1))) }),
  ],
  [
    "a piece that is cut short",
    "sealed_truncated",
    (whole) => {
      return { ...honest(whole), pieces: whole.chunks.with(2, at(whole.chunks, 2).subarray(0, 9)) };
    },
  ],
  [
    "the end in the place of a piece",
    "sealed_unopenable",
    (whole) => ({ ...honest(whole), pieces: whole.chunks.with(2, whole.final) }),
  ],
  [
    "a piece in the place of the end",
    "sealed_unopenable",
    (whole) => ({ ...honest(whole), final: at(whole.chunks, 0) }),
  ],
  [
    "no promise of the log",
    "promise_invalid",
    ({ head, chunks, final }) => ({ head, pieces: chunks, final }),
  ],
];

/** An SDK whose proxy plays the trick in every attempt, and what was spent in all of them. */
function cocoonOf(trick: Trick) {
  const purses: { readonly spent: bigint }[] = [];
  const answered = async ({ workers: [worker], wire }: SentRequest): Promise<Answered> =>
    worker.answer(await worker.open(wire), {}, events);
  const ask = async () => {
    const request = await startRequest();
    const other = await startRequest();
    purses.push(request.purse);
    const { proxy, running } = request;
    const { head, pieces, promise, final } = trick(await answered(request), await answered(other));
    const play = async (): Promise<void> => {
      for (const piece of [head, ...pieces]) await proxy.say("answer", piece);
      if (promise !== undefined) await proxy.say("promise", promise);
      if (final !== undefined) await proxy.say("final", final);
      else proxy.stream.end();
    };
    // A client that has had enough closes the stream under the proxy's hands.
    play().catch((error: unknown) => assert.ok(error instanceof CocoonError));
    return running;
  };
  const session = { isOpen: true, ask, paySoon: () => undefined };
  const cocoon = createCocoon({
    // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
    session: () => Promise.resolve(session as unknown as ProxySession),
    // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
    policy: () => Promise.resolve(policy as unknown as RootPolicy),
    pause: () => Promise.resolve(),
    tier: "dev",
  });
  return { cocoon, spent: () => purses.reduce((sum, { spent }) => sum + spent, 0n) };
}

test("an honest proxy's answer is whole either way, and paid", async () => {
  const { cocoon, spent } = cocoonOf(honest);
  const { choices } = await (await cocoon.chat(body)).completion();
  assert.equal(choices[0]?.message.content, words.join(""));
  const streamed = await cocoon.chat(body);
  const told: string[] = [];
  for await (const chunk of streamed.chunks()) told.push(chunk.choices[0]?.delta.content ?? "");
  assert.equal(told.join(""), words.join(""));
  assert.equal(toHex(streamed.completed?.receipt.claimsHash ?? new Uint8Array()), "01".repeat(32));
  assert.equal(spent(), 2n);
});

for (const [what, code, trick] of tricks) {
  test(`completion() and chunks() raise at ${what}: ${code}`, async () => {
    const { cocoon, spent } = cocoonOf(trick);
    const whole = await cocoon.chat(body);
    await assert.rejects(whole.completion(), { code });
    assert.equal(whole.completed, undefined);

    const streamed = await cocoon.chat(body);
    let told = "";
    const read = async (): Promise<void> => {
      for await (const { choices } of streamed.chunks()) told += choices[0]?.delta.content ?? "";
    };
    await assert.rejects(read(), { code });
    assert.equal(streamed.completed, undefined);
    assert.ok(words.join("").startsWith(told), `told: ${told}`);
    assert.equal(spent(), 0n);
  });
}
