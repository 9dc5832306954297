import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../bytes/index.ts";
import type { ErrorCode } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { answerHeadBytes, type AnswerSealer, createAnswer, openAnswer } from "./answer.ts";
import { AnswerDigest } from "./answer-digest.ts";
import type { AnswerFrame } from "./answer-frame.ts";
import { encodeAnswerFrame } from "./answer-frame.ts";
import { ChunkSealer, isFinalChunk } from "./chunk.ts";
import { createWorker, flip, nowMs, overwrite, sealTo, suites } from "./fixture.test.ts";
import { type OpenedRequest, openRequest } from "./opened-request.ts";
import type { PendingRequest } from "./request.ts";
import type { SuiteId } from "./suite.ts";

type Exchange = { readonly pending: PendingRequest; readonly opened: OpenedRequest };

async function exchange(suite: SuiteId = 1): Promise<Exchange> {
  const worker = await createWorker(suite);
  const { wire, pending } = await sealTo([worker]);
  const opened = await openRequest(wire, worker.keyring, { nowMs, executed: worker.executed });
  return { pending, opened };
}

const hello: AnswerFrame = { kind: "event", events: ['{"text":"hello"}'] };
const world: AnswerFrame = { kind: "event", events: ['{"text":" world"}', '{"n":2}'] };
const final: AnswerFrame = {
  kind: "final",
  receipt: new Uint8Array(385).fill(5),
  salt: new Uint8Array(32).fill(6),
  rest: {},
};
const failure: AnswerFrame = { kind: "error", code: "engine_failed", details: {} };

function sealAll(sealer: AnswerSealer): Uint8Array[] {
  return [hello, { kind: "cover" } as const, world, final].map((frame) => sealer.seal(frame));
}

/** Opens chunks to the end of the stream; gives the frames. */
function openAll(
  pending: PendingRequest,
  head: Uint8Array,
  chunks: readonly Uint8Array[],
): AnswerFrame[] {
  const opener = openAnswer(pending, head);
  const frames = chunks.map((chunk) => opener.open(chunk).frame);
  opener.end();
  return frames;
}

for (const suite of suites) {
  test(`openAnswer() opens what createAnswer() sealed (suite ${suite})`, async () => {
    const { pending, opened } = await exchange(suite);
    const sealer = createAnswer(opened);
    assert.equal(sealer.head.length, answerHeadBytes);
    const frames = openAll(pending, sealer.head, sealAll(sealer));
    assert.deepEqual(frames, [hello, { kind: "cover" }, world, final]);
  });
}

test("AnswerOpener refuses cut, dropped, repeated, reordered, relabelled and added chunks", async () => {
  const { pending, opened } = await exchange();
  const sealer = createAnswer(opened);
  const [a, b, c, d] = sealAll(sealer);
  assert.ok(a && b && c && d);
  const relabelled = overwrite(b, 0, (b[0] ?? 0) | 0x80);
  const unlabelled = overwrite(d, 0, (d[0] ?? 0) & 0x7f);
  const cases: readonly (readonly [string, readonly Uint8Array[], ErrorCode])[] = [
    ["nothing", [], "sealed_truncated"],
    ["no final chunk", [a, b, c], "sealed_truncated"],
    ["a chunk cut short", [a, b.subarray(0, -1)], "sealed_truncated"],
    ["a chunk cut within its prefix", [a, b.subarray(0, 2)], "sealed_truncated"],
    ["an empty chunk", [a, new Uint8Array()], "sealed_truncated"],
    ["a chunk with a byte more", [concatBytes(a, Uint8Array.of(0))], "sealed_malformed"],
    ["the first dropped", [b, c, d], "sealed_unopenable"],
    ["one dropped", [a, c, d], "sealed_unopenable"],
    ["one repeated", [a, a], "sealed_unopenable"],
    ["two reordered", [a, c, b, d], "sealed_unopenable"],
    ["events relabelled as final", [a, relabelled], "sealed_unopenable"],
    ["the final chunk relabelled", [a, b, c, unlabelled], "sealed_unopenable"],
    ["one altered", [flip(a, -1)], "sealed_unopenable"],
    ["one after the final", [a, b, c, d, d], "sealed_trailing"],
  ];
  for (const [name, chunks, code] of cases) {
    assert.throws(() => openAll(pending, sealer.head, chunks), { code }, name);
  }
});

test("AnswerOpener opens nothing more after a chunk that did not open", async () => {
  const { pending, opened } = await exchange();
  const sealer = createAnswer(opened);
  const [a] = sealAll(sealer);
  assert.ok(a);
  const opener = openAnswer(pending, sealer.head);
  assert.throws(() => opener.open(flip(a, -1)), { code: "sealed_unopenable" });
  assert.throws(() => opener.open(a), { code: "sealed_unopenable" });
  assert.throws(() => opener.end(), { code: "sealed_truncated" });
});

test("openAnswer() refuses the answer to another request, of another recipient, or with another nonce", async () => {
  const [first, second] = [await exchange(), await exchange()];
  const sealer = createAnswer(first.opened);
  const chunks = sealAll(sealer);
  const mismatched = { code: "answer_mismatched" };
  assert.throws(() => openAnswer(second.pending, sealer.head), mismatched);
  assert.throws(() => openAnswer(first.pending, flip(sealer.head, 5)), mismatched, "request id");
  assert.throws(() => openAnswer(first.pending, flip(sealer.head, 21)), mismatched, "kid");
  const unopenable = { code: "sealed_unopenable" };
  assert.throws(() => openAll(first.pending, flip(sealer.head, 29), chunks), unopenable, "nonce");
  const spliced = createAnswer(second.opened);
  assert.throws(() => openAll(second.pending, spliced.head, chunks), unopenable, "spliced");
  const again = createAnswer(first.opened);
  assert.throws(() => openAll(first.pending, again.head, chunks), unopenable, "a second answer");
});

test("openAnswer() refuses a malformed head", async () => {
  const { pending, opened } = await exchange();
  const { head } = createAnswer(opened);
  const malformed = { code: "sealed_malformed" };
  assert.throws(() => openAnswer(pending, flip(head, 0)), malformed, "magic");
  assert.throws(() => openAnswer(pending, overwrite(head, 4, 2)), malformed, "version");
  assert.throws(() => openAnswer(pending, concatBytes(head, Uint8Array.of(0))), malformed);
  assert.throws(() => openAnswer(pending, head.subarray(1, 40)), { code: "sealed_truncated" });
});

test("an answer ends with a receipt or an error, and a receipt comes nowhere else", async () => {
  const { pending, opened } = await exchange();
  assert.throws(() => createAnswer(opened).seal(hello, true), RangeError);
  assert.throws(() => createAnswer(opened).seal(final, false), RangeError);
  const failed = createAnswer(opened);
  const frames = openAll(pending, failed.head, [failed.seal(hello), failed.seal(failure, true)]);
  assert.deepEqual(frames, [hello, failure]);
  const told = createAnswer(opened);
  const both = openAll(pending, told.head, [told.seal(failure), told.seal(final)]);
  assert.deepEqual(both, [failure, final]);

  for (const [frame, isFinal] of [
    [hello, true],
    [final, false],
  ] as const) {
    const nonce = primitives.randomBytes(32);
    const sealer = new ChunkSealer(opened.answerKey.derive(nonce), opened.headerHash);
    const { head } = createAnswer(opened, { random: () => nonce });
    const chunk = sealer.seal(encodeAnswerFrame(frame, 256), isFinal);
    assert.throws(() => openAnswer(pending, head).open(chunk), { code: "sealed_malformed" });
  }
});

test("AnswerSealer, AnswerOpener and AnswerDigest agree on the answer's hash and count of chunks", async () => {
  const { pending, opened } = await exchange();
  const sealer = createAnswer(opened);
  const chunks = [hello, world].map((frame) => sealer.seal(frame));
  const answerHash = sealer.answerHash();
  assert.equal(sealer.chunkCount, 2);
  const last = sealer.seal(final);
  assert.equal(sealer.chunkCount, 2);
  assert.deepEqual(answerHash, primitives.sha256(sealer.head, ...chunks));

  const relayed = new AnswerDigest(sealer.head);
  for (const chunk of [...chunks, last]) {
    if (!isFinalChunk(chunk)) relayed.add(chunk);
  }
  assert.deepEqual(relayed.digest(), answerHash);
  assert.equal(relayed.chunkCount, 2);

  const opener = openAnswer(pending, sealer.head);
  for (const chunk of [...chunks, last]) opener.open(chunk);
  assert.deepEqual(opener.answerHash(), answerHash);
  assert.equal(opener.chunkCount, 2);
});

test("AnswerSealer seals only the final frame after its hash was taken, and nothing after that", async () => {
  const { opened } = await exchange();
  const sealer = createAnswer(opened);
  sealer.answerHash();
  assert.throws(() => sealer.seal(hello), RangeError);
  const other = createAnswer(opened);
  other.seal(final);
  assert.throws(() => other.seal(hello), RangeError);
});

test("createAnswer() gives frames of one padding class one size on the wire", async () => {
  const { opened } = await exchange();
  const frames: readonly AnswerFrame[] = [hello, { kind: "cover" }, world];
  for (const paddingClass of [256, 1024] as const) {
    const sealer = createAnswer(opened, { paddingClass });
    for (const frame of frames) {
      assert.equal(sealer.seal(frame).length, paddingClass + 19);
    }
  }
});

test("openAnswer() opens the answer of the recipient whose turn it is, and of no other", async () => {
  const workers = await Promise.all([1, 2, 3].map((seed) => createWorker(1, seed)));
  const { wire, pending } = await sealTo(workers);
  for (const [turn, { keyring, executed }] of workers.entries()) {
    const release = pending.recipients[turn]?.release;
    const opened = await openRequest(wire, keyring, { nowMs, executed, release });
    const sealer = createAnswer(opened);
    const chunk = sealer.seal(final);
    const others = [0, 1, 2, 3].filter((other) => other !== turn);
    for (const other of others) {
      assert.throws(() => openAnswer(pending, sealer.head, other), { code: "answer_mismatched" });
    }
    assert.deepEqual(openAnswer(pending, sealer.head, turn).open(chunk), {
      frame: final,
      isFinal: true,
    });
  }
});
