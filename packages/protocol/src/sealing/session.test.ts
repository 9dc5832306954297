// One key exchange, many requests: what a session opens, when it ends, and that nothing of one request fits another.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { utf8 } from "../bytes/index.ts";
import { createAnswer, openAnswer } from "./answer.ts";
import { createWorker, flip, nowMs, sealTo, type Worker } from "./fixture.test.ts";
import { KeptSessions } from "./kept-sessions.ts";
import { type OpenedRequest, openRequest } from "./opened-request.ts";
import { readPublicHeader } from "./public-part.ts";
import type { SessionKey } from "./session-key.ts";
import { sessionLifetimeMs, sessionRequestsMax } from "./session-key.ts";

const body = utf8("again");

type Served = { readonly worker: Worker; readonly sessions: KeptSessions };

async function serve(seed = 1, sessions = new KeptSessions()): Promise<Served> {
  return { worker: await createWorker(2, seed), sessions };
}

function open(
  { worker: { keyring, executed }, sessions }: Served,
  wire: Uint8Array,
  at: { readonly nowMs?: number; readonly release?: Uint8Array | undefined } = {},
): Promise<OpenedRequest> {
  return openRequest(wire, keyring, { nowMs, executed, sessions, ...at });
}

/** A worker with a session, and the client's end of it. */
async function begin(served: Served): Promise<SessionKey> {
  const { wire, pending } = await sealTo([served.worker], body, { keepsSession: true });
  await open(served, wire);
  const session = pending.recipients[0]?.session;
  assert.ok(session !== undefined);
  return session;
}

const unknown = { code: "session_unknown" };

test("a resumed request opens without a key exchange, and so does its answer", async () => {
  const served = await serve();
  const session = await begin(served);
  const { wire, pending } = await sealTo([served.worker], body, { resumes: [session] });
  const full = await sealTo([served.worker], body);
  assert.equal(full.wire.length - wire.length, 1_120 - 16);
  const opened = await open(served, wire);
  assert.deepEqual(opened.body, body);
  const answer = createAnswer(opened);
  const chunk = answer.seal({ kind: "event", events: ["1"] });
  const opener = openAnswer(pending, answer.head);
  assert.deepEqual(opener.open(chunk).frame, { kind: "event", events: ["1"] });
  assert.doesNotMatch(inspect(session, { showHidden: true, depth: 9 }), /secret/i);
});

test("no session is kept unless the client asks, and none of a request that did not open", async () => {
  const served = await serve();
  await open(served, (await sealTo([served.worker])).wire);
  const { wire } = await sealTo([served.worker], body, { keepsSession: true });
  await assert.rejects(open(served, flip(wire, -1)), { code: "sealed_unopenable" });
  assert.equal(served.sessions.count, 0);
});

test("a worker that restarted, forgot, or never knew says session_unknown and begins nothing", async () => {
  const served = await serve();
  const session = await begin(served);
  const { wire } = await sealTo([served.worker], body, { resumes: [session] });
  const count = served.worker.executed.count;
  await assert.rejects(open({ ...served, sessions: new KeptSessions() }, wire), unknown);
  const { keyring, executed } = served.worker;
  await assert.rejects(openRequest(wire, keyring, { nowMs, executed }), unknown);
  assert.equal(executed.count, count);
});

test("a session ends after its time, after its requests, and with the key that it began with", async () => {
  const served = await serve();
  const session = await begin(served);
  const resumed = async (atMs: number): Promise<Uint8Array> => {
    const { wire } = await sealTo([served.worker], body, { resumes: [session], nowMs: atMs });
    return wire;
  };
  const lastMs = nowMs + sessionLifetimeMs - 1;
  await open(served, await resumed(lastMs), { nowMs: lastMs });
  const lateMs = nowMs + sessionLifetimeMs;
  await assert.rejects(open(served, await resumed(lateMs), { nowMs: lateMs }), unknown);

  const short = new KeptSessions();
  short.keep(session, nowMs + 10, nowMs);
  short.find(session.id, session.kid, nowMs + 9);
  assert.throws(() => short.find(session.id, session.kid, nowMs + 10), unknown);

  const busy = new KeptSessions();
  busy.keep(session, Infinity, nowMs);
  for (let count = 0; count < sessionRequestsMax; count += 1) {
    busy.find(session.id, session.kid, nowMs);
    busy.spend(session.id);
  }
  assert.throws(() => busy.find(session.id, session.kid, nowMs), unknown);
});

test("who knows no more than the id can't use a session up", async () => {
  const served = await serve();
  const session = await begin(served);
  const { wire } = await sealTo([served.worker], body, { resumes: [session] });
  const { sizeBytes } = readPublicHeader(wire);
  for (let count = 0; count < sessionRequestsMax + 1; count += 1) {
    await assert.rejects(open(served, flip(wire, sizeBytes + 30)), { code: "sealed_unopenable" });
  }
  assert.deepEqual((await open(served, wire)).body, body);
});

test("a full book of sessions forgets the oldest", async () => {
  const served = await serve(1, new KeptSessions(2));
  const first = await begin(served);
  await begin(served);
  const third = await begin(served);
  assert.equal(served.sessions.count, 2);
  assert.throws(() => served.sessions.find(first.id, first.kid, nowMs), unknown);
  assert.equal(served.sessions.find(third.id, third.kid, nowMs).id.length, 16);
});

test("a resumed request is executed once, and nothing of it fits another", async () => {
  const served = await serve();
  const session = await begin(served);
  const one = await sealTo([served.worker], body, { resumes: [session] });
  const two = await sealTo([served.worker], utf8("other"), { resumes: [session] });
  const { sizeBytes } = readPublicHeader(one.wire);
  const slotEnd = sizeBytes + 8 + 16 + 48;
  const splice = (from: number, to: number): Uint8Array => {
    const wire = Uint8Array.from(one.wire);
    wire.set(two.wire.subarray(from, to), from);
    return wire;
  };
  const unopenable = { code: "sealed_unopenable" };
  await assert.rejects(open(served, splice(sizeBytes, slotEnd)), unopenable, "slot");
  await assert.rejects(open(served, splice(slotEnd, two.wire.length)), unopenable, "body");
  await assert.rejects(open(served, splice(0, sizeBytes)), unopenable, "public part");
  const opened = await open(served, one.wire);
  await assert.rejects(open(served, one.wire), { code: "sealed_replayed" });
  const answer = createAnswer(opened);
  const other = createAnswer(await open(served, two.wire));
  const opener = openAnswer(one.pending, answer.head);
  const stray = other.seal({ kind: "event", events: ["1"] });
  assert.throws(() => opener.open(stray), unopenable, "answer");
});

test("a session is of one worker: another refuses it, and a request to both needs both", async () => {
  const [near, far] = [await serve(1), await serve(2)];
  const [nearSession, farSession] = [await begin(near), await begin(far)];
  const workers = [near.worker, far.worker];
  await assert.rejects(sealTo(workers, body, { resumes: [nearSession] }), RangeError);
  await assert.rejects(sealTo([far.worker], body, { resumes: [nearSession] }), RangeError);
  const { wire, pending } = await sealTo(workers, body, { resumes: [nearSession, farSession] });
  await assert.rejects(open(far, wire), { code: "recipient_unreleased" });
  const { release } = pending.recipients[1] ?? {};
  assert.deepEqual((await open(far, wire, { release })).body, body);
  const alien = far.sessions.find(farSession.id, farSession.kid, nowMs);
  near.sessions.keep(alien, Infinity, nowMs);
  assert.throws(() => near.sessions.find(alien.id, near.worker.config.kid, nowMs), unknown);
});
