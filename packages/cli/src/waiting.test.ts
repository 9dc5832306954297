import assert from "node:assert/strict";
import { test } from "node:test";
import { abortableClock, poll, unlessAborted, wait } from "./waiting.ts";

const options = { everyMs: 1, timeoutMs: 20, what: "nothing" };

test("poll() gives up in time, when it is told to, and when asking fails", async () => {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const { signal } = new AbortController();
  await assert.rejects(poll(nothing, { ...options, signal }), { code: "peer_timeout" });
  const aborted = AbortSignal.abort();
  await assert.rejects(poll(nothing, { ...options, signal: aborted }), { code: "cancelled" });
  const failing = (): Promise<never> => Promise.reject(new Error("asked in vain"));
  await assert.rejects(poll(failing, { ...options, signal }), /asked in vain/);
});

test("poll() asks until there is an answer", async () => {
  let asked = 0;
  const third = async (): Promise<string | undefined> => {
    asked += 1;
    return asked === 3 ? "it" : undefined;
  };
  const { signal } = new AbortController();
  assert.equal(await poll(third, { ...options, timeoutMs: 5_000, signal }), "it");
  assert.equal(asked, 3);
});

test("wait(), abortableClock() and unlessAborted() throw cancelled when the signal aborts", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const never = new Promise<never>(() => undefined);
  const waiting = [
    wait(60_000, signal),
    abortableClock(signal).wait(60_000),
    unlessAborted(never, signal),
  ];
  controller.abort();
  for (const each of waiting) await assert.rejects(each, { code: "cancelled" });
  await assert.rejects(unlessAborted(never, signal), { code: "cancelled" });
  assert.equal(await unlessAborted(Promise.resolve(1), new AbortController().signal), 1);
});
