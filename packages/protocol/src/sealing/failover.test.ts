// One request, several recipients, one at a time: what a proxy can't do with it, and what each refusal is called.

import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, utf8 } from "../bytes/index.ts";
import { createAnswer, openAnswer } from "./answer.ts";
import { createWorker, header, nowMs, sealTo, type Worker } from "./fixture.test.ts";
import { type OpenedRequest, openRequest } from "./opened-request.ts";
import { readPublicHeader } from "./public-part.ts";
import { encBytes, kidBytes, wrappedKeyBytes } from "./suite.ts";

const body = utf8("a secret question");
const four = (): Promise<Worker[]> =>
  Promise.all([1, 2, 3, 4].map((seed) => createWorker(2, seed)));

function open(worker: Worker, wire: Uint8Array, release?: Uint8Array): Promise<OpenedRequest> {
  return openRequest(wire, worker.keyring, { nowMs, executed: worker.executed, release });
}

test("only the first recipient opens a request that nothing was released of", async () => {
  const [first, ...others] = await four();
  assert.ok(first !== undefined);
  const { wire } = await sealTo([first, ...others], body);
  for (const other of others) {
    await assert.rejects(open(other, wire), { code: "recipient_unreleased" });
    assert.equal(other.executed.count, 0);
  }
  assert.deepEqual((await open(first, wire)).body, body);
});

test("a release opens the request to its own recipient, once, at its own terms", async () => {
  const workers = await four();
  const { wire, pending } = await sealTo(workers, body);
  const { header: sealed } = readPublicHeader(wire);
  for (const [index, worker] of workers.entries()) {
    const release = pending.recipients[index]?.release;
    const opened = await open(worker, wire, release);
    assert.deepEqual(opened.body, body);
    assert.equal(opened.terms.feeBps, header.feeBps);
    const own = index === 0 ? sealed : sealed.alternates[index - 1];
    assert.equal(opened.terms.claimsHash, own?.claimsHash);
    assert.equal(opened.terms.promptPerMillion, own?.promptPerMillion);
    await assert.rejects(open(worker, wire, release), { code: "sealed_replayed" });
  }
});

test("another recipient's release, a made-up one, and one for the first open nothing", async () => {
  const workers = await four();
  const [first, second] = workers;
  assert.ok(first !== undefined && second !== undefined);
  const { wire, pending } = await sealTo(workers, body);
  const unopenable = { code: "sealed_unopenable" };
  await assert.rejects(open(second, wire, pending.recipients[2]?.release), unopenable);
  await assert.rejects(open(second, wire, new Uint8Array(32)), unopenable);
  await assert.rejects(open(first, wire, pending.recipients[1]?.release), unopenable);
});

test("a worker that is no recipient refuses the request, with a release and without", async () => {
  const [first, second, stranger] = await four();
  assert.ok(first !== undefined && second !== undefined && stranger !== undefined);
  const { wire, pending } = await sealTo([first, second], body);
  const unknown = { code: "recipient_unknown" };
  await assert.rejects(open(stranger, wire), unknown);
  await assert.rejects(open(stranger, wire, pending.recipients[1]?.release), unknown);
});

test("slots in another order open nothing: each recipient has its own terms", async () => {
  const [first, second] = await four();
  assert.ok(first !== undefined && second !== undefined);
  const { wire, pending } = await sealTo([first, second], body);
  const { sizeBytes, suite } = readPublicHeader(wire);
  const slotBytes = kidBytes + encBytes(suite) + wrappedKeyBytes;
  const swapped = concatBytes(
    wire.subarray(0, sizeBytes),
    wire.subarray(sizeBytes + slotBytes, sizeBytes + 2 * slotBytes),
    wire.subarray(sizeBytes, sizeBytes + slotBytes),
    wire.subarray(sizeBytes + 2 * slotBytes),
  );
  await assert.rejects(open(second, swapped), { code: "sealed_unopenable" });
  const release = pending.recipients[1]?.release;
  await assert.rejects(open(first, swapped, release), { code: "sealed_unopenable" });
});

test("chunks of one recipient's answer do not open in another's", async () => {
  const [first, second] = await four();
  assert.ok(first !== undefined && second !== undefined);
  const { wire, pending } = await sealTo([first, second], body);
  const early = createAnswer(await open(first, wire));
  const late = createAnswer(await open(second, wire, pending.recipients[1]?.release));
  const stray = early.seal({ kind: "event", events: ["1"] });
  const opener = openAnswer(pending, late.head, 1);
  assert.throws(() => opener.open(stray), { code: "sealed_unopenable" });
  assert.throws(() => openAnswer(pending, early.head, 1), { code: "answer_mismatched" });
});
