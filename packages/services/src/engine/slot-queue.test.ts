import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError } from "@cocoon/protocol";
import { SlotQueue } from "./slot-queue.ts";

const never = new AbortController().signal;

function hasCode(code: string): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof CocoonError && thrown.code === code;
}

test("SlotQueue.acquire() admits as many as there are slots and then in the order of asking", async () => {
  const queue = new SlotQueue({ slots: 1, queueMax: 2 });
  const first = await queue.acquire(never);
  const admitted: string[] = [];
  const waiting = ["a", "b"].map(async (name) => {
    const release = await queue.acquire(never);
    admitted.push(name);
    release();
  });
  assert.deepEqual(queue.load(), { active: 1, queued: 2, slots: 1 });
  first();
  first();
  await Promise.all(waiting);
  assert.deepEqual(admitted, ["a", "b"]);
  assert.deepEqual(queue.load(), { active: 0, queued: 0, slots: 1 });
});

test("SlotQueue.acquire() refuses who finds the line full", async () => {
  const queue = new SlotQueue({ slots: 1, queueMax: 0 });
  const release = await queue.acquire(never);
  await assert.rejects(queue.acquire(never), hasCode("queue_full"));
  release();
  (await queue.acquire(never))();
});

test("SlotQueue.acquire() lets go of who is cancelled, before or in line", async () => {
  const queue = new SlotQueue({ slots: 1, queueMax: 5 });
  await assert.rejects(queue.acquire(AbortSignal.abort()), hasCode("cancelled"));
  const release = await queue.acquire(never);
  const controller = new AbortController();
  const waiting = queue.acquire(controller.signal);
  controller.abort();
  await assert.rejects(waiting, hasCode("cancelled"));
  assert.equal(queue.load().queued, 0);
  release();
  assert.equal(queue.load().active, 0);
});

test("SlotQueue.pause() keeps the line, refuseWaiting() sends it away, resume() goes on", async () => {
  const queue = new SlotQueue({ slots: 1, queueMax: 5 });
  queue.pause();
  const refused = queue.acquire(never);
  queue.refuseWaiting(new CocoonError("engine_unavailable"));
  await assert.rejects(refused, hasCode("engine_unavailable"));
  const admitted = queue.acquire(never);
  assert.deepEqual(queue.load(), { active: 0, queued: 1, slots: 1 });
  queue.resume();
  (await admitted)();
});
