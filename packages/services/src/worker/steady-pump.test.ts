import {
  type AnswerFrame,
  CocoonError,
  encodeAnswerFrame,
  strictEventBytesMax,
  strictFrameBytes,
  utf8,
} from "@cocoon/protocol";
import type { Timers } from "@cocoon/sdk";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type SendFrame, SteadyPump } from "./steady-pump.ts";

const tickMs = 100;

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A pump in a test's own time, and each frame with the time at which it left. */
function pumpOf(send: SendFrame = () => Promise.resolve()) {
  const sent: { readonly atMs: number; readonly frame: AnswerFrame }[] = [];
  let nowMs = 0;
  let tick: (() => void) | undefined;
  const timers: Timers = {
    nowMs: () => nowMs,
    after: () => () => undefined,
    every: (periodMs, callback) => {
      assert.equal(periodMs, tickMs);
      tick = callback;
      return () => (tick = undefined);
    },
  };
  const record: SendFrame = async (frame) => {
    sent.push({ atMs: nowMs, frame });
    await send(frame);
  };
  const pump = new SteadyPump(record, { tickMs, timers });
  const pass = async (ticks: number): Promise<void> => {
    for (let count = 0; count < ticks; count += 1) {
      nowMs += tickMs;
      tick?.();
      await settled();
    }
  };
  return { pump, sent, pass, isTicking: () => tick !== undefined };
}

test("a failed send fails everything after it, and nothing is sent after stop()", async () => {
  const lost = new CocoonError("peer_unreachable");
  const failing = pumpOf(() => Promise.reject(lost));
  await failing.pass(3);
  assert.equal(failing.sent.length, 1);
  await assert.rejects(failing.pump.push("1"), lost);
  await assert.rejects(failing.pump.finish(), lost);

  const stopped = pumpOf();
  await stopped.pump.push("1");
  stopped.pump.stop();
  await stopped.pass(3);
  assert.deepEqual(stopped.sent, []);
  await assert.rejects(stopped.pump.push("2"), { code: "cancelled" });
});

test("one frame leaves on every tick, whatever was said when: a capture tells nothing but how long it took", async () => {
  const quiet = pumpOf();
  const busy = pumpOf();
  for (let second = 0; second < 5; second += 1) {
    for (let word = 0; word < 7 * second; word += 1) await busy.pump.push(`{"word":${word}}`);
    await quiet.pass(10);
    await busy.pass(10);
  }
  const captureOf = ({ sent }: typeof quiet): readonly (readonly [number, number])[] =>
    sent.map(({ atMs, frame }) => [atMs, encodeAnswerFrame(frame, strictFrameBytes).length]);
  assert.deepEqual(captureOf(busy), captureOf(quiet));
  assert.deepEqual(
    captureOf(quiet),
    Array.from({ length: 50 }, (_, index) => [(index + 1) * tickMs, strictFrameBytes]),
  );
  assert.ok(quiet.sent.every(({ frame }) => frame.kind === "cover"));
});

test("finish() resolves on the tick after the last frame, and frames of token ids come behind all events", async () => {
  const { pump, sent, pass, isTicking } = pumpOf();
  await pump.push("1");
  pump.pushFrame({ kind: "tokens", of: "answer", ids: [1] });
  await pump.push("2");
  let isFinished = false;
  const finishing = pump.finish().then(() => (isFinished = true));
  await pass(2);
  assert.equal(isFinished, false);
  await pass(1);
  await finishing;
  assert.deepEqual(
    sent.map(({ frame }) => frame.kind),
    ["event", "tokens"],
  );
  assert.equal(isTicking(), false);
});

test("a tick on which the peer still takes the frame before is left out", async () => {
  const waiting: (() => void)[] = [];
  const { sent, pass } = pumpOf(() => new Promise((resolve) => waiting.push(resolve)));
  await pass(3);
  assert.deepEqual(
    sent.map(({ atMs }) => atMs),
    [tickMs],
  );
  waiting.shift()?.();
  await settled();
  await pass(1);
  assert.deepEqual(
    sent.map(({ atMs }) => atMs),
    [tickMs, 4 * tickMs],
  );
});

test("push() makes an engine wait that is quicker than a frame a tick", async () => {
  const { pump, pass } = pumpOf();
  const event = "a".repeat(100_000);
  let pushed = 0;
  const pushing = (async () => {
    for (; pushed < 15; pushed += 1) await pump.push(event);
  })();
  await settled();
  assert.ok(pushed <= 11, `${pushed} events of 100 kB were taken`);
  await pass(200);
  await pushing;
});

test("events come out whole and in order, and every frame has the one size", async () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "é", "漢", "😀"),
    minLength: 1,
    maxLength: 6_000,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (events) => {
      const { pump, sent, pass } = pumpOf();
      for (const event of events) await pump.push(event);
      const finishing = pump.finish();
      await pass(80);
      await finishing;
      const heard: string[] = [];
      let part = "";
      for (const { frame } of sent) {
        assert.equal(encodeAnswerFrame(frame, strictFrameBytes).length, strictFrameBytes);
        if (frame.kind === "part") part += frame.text;
        if (frame.kind !== "event") continue;
        heard.push(...frame.events.map((event, index) => (index === 0 ? part : "") + event));
        part = "";
      }
      assert.deepEqual(heard, events);
      assert.equal(part, "");
      assert.ok(events.every((event) => utf8(event).length > 0) && strictEventBytesMax > 0);
    }),
    { numRuns: 20 },
  );
});
