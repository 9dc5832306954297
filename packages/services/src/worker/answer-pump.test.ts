import { CocoonError, encodeEvents, eventBytesMax } from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Timers } from "@cocoon/sdk";
import { AnswerPump, type SendEvents } from "./answer-pump.ts";

type Pumped = {
  readonly pump: AnswerPump;
  /** Batches in the order in which they left. */
  readonly sent: (readonly string[])[];
  /** Lets one send that waits succeed. */
  readonly takeOne: () => Promise<void>;
  /** Lets time pass. */
  readonly pass: (timeMs: number) => Promise<void>;
};

const tickMs = 40;
const coverMs = 10_000;

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Time that passes when it is told to. */
class TestTimers implements Timers {
  readonly #due = new Set<{ atMs: number; periodMs: number; readonly call: () => void }>();
  #now = 0;

  nowMs(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): () => void {
    return this.#add({ atMs: this.#now + delayMs, periodMs: Infinity, call });
  }

  every(periodMs: number, call: () => void): () => void {
    return this.#add({ atMs: this.#now + periodMs, periodMs, call });
  }

  pass(timeMs: number): void {
    this.#now += timeMs;
    for (const timer of this.#due) {
      if (timer.atMs > this.#now) continue;
      timer.atMs += timer.periodMs;
      timer.call();
    }
  }

  #add(timer: { atMs: number; periodMs: number; readonly call: () => void }): () => void {
    this.#due.add(timer);
    return () => void this.#due.delete(timer);
  }
}

function pumpTo(context: TestContext, send: SendEvents): Pick<Pumped, "pump" | "pass"> {
  const timers = new TestTimers();
  const pump = new AnswerPump(send, { tickMs, coverMs, timers });
  context.after(() => pump.stop());
  return {
    pump,
    pass: async (timeMs) => {
      timers.pass(timeMs);
      await settled();
    },
  };
}

/** A pump in a test's own time; a slow peer takes a batch only when it is told to. */
function pumpOf(context: TestContext, peer: "quick" | "slow" = "quick"): Pumped {
  const sent: (readonly string[])[] = [];
  const waiting: (() => void)[] = [];
  const send = async (events: readonly string[]): Promise<void> => {
    if (peer === "slow") await new Promise<void>((resolve) => waiting.push(resolve));
    sent.push(events);
  };
  return {
    ...pumpTo(context, send),
    sent,
    takeOne: async () => {
      await settled();
      waiting.shift()?.();
      await settled();
    },
  };
}

test("push() throws what a send threw, and nothing is sent after it", async (context) => {
  let sends = 0;
  const lost = new CocoonError("peer_unreachable");
  const { pump, pass } = pumpTo(context, () => {
    sends += 1;
    return Promise.reject(lost);
  });
  await pump.push("{}");
  await pass(40);
  await assert.rejects(pump.push("{}"), lost);
  await assert.rejects(pump.finish(), lost);
  assert.equal(sends, 1);
});

test("stop() drops what is left", async (context) => {
  const { pump, sent, pass } = pumpOf(context);
  await pump.push("{}");
  pump.stop();
  await pass(60_000);
  assert.deepEqual(sent, []);
});

test("push() sends on the tick, whatever came in between as one batch", async (context) => {
  const { pump, sent, pass } = pumpOf(context);
  await pump.push("1");
  await pass(39);
  await pump.push("2");
  assert.deepEqual(sent, []);
  await pass(1);
  assert.deepEqual(sent, [["1", "2"]]);
  await pump.push("3");
  await pass(40);
  assert.deepEqual(sent, [["1", "2"], ["3"]]);
});

test("finish() sends the rest at once and waits until it has left", async (context) => {
  const { pump, sent, takeOne } = pumpOf(context, "slow");
  await pump.push("1");
  let isFinished = false;
  const finishing = pump.finish().then(() => (isFinished = true));
  await settled();
  assert.equal(isFinished, false);
  await takeOne();
  await finishing;
  assert.deepEqual(sent, [["1"]]);
});

test("a silence is broken by an empty batch each coverMs, and not while something waits to leave", async (context) => {
  const { pump, sent, takeOne, pass } = pumpOf(context, "slow");
  await pass(9_999);
  await takeOne();
  assert.deepEqual(sent, []);
  await pass(1);
  await pass(10_000);
  await pass(10_000);
  await takeOne();
  await takeOne();
  assert.deepEqual(sent, [[]]);
  await pump.push("1");
  await pass(40);
  await takeOne();
  await pass(10_000);
  await takeOne();
  assert.deepEqual(sent, [[], ["1"]]);
  await pass(10_000);
  await takeOne();
  assert.deepEqual(sent, [[], ["1"], []]);
});

test("push() makes the engine wait for a peer that takes nothing", async (context) => {
  const { pump, sent, takeOne } = pumpOf(context, "slow");
  const event = "a".repeat(eventBytesMax - 1);
  let pushed = 0;
  const pushing = (async () => {
    for (; pushed < 40; pushed += 1) await pump.push(event);
    await pump.finish();
  })();
  await settled();
  assert.ok(pushed <= 17, `${pushed} events of 64 KiB were taken`);
  while (sent.length < 40) await takeOne();
  await pushing;
});

test("batches keep the order, lose nothing, and fit a frame", async (context) => {
  const { pump, sent } = pumpOf(context);
  const event = fc.string({
    unit: fc.constantFrom("a", "é", "漢"),
    minLength: 1,
    maxLength: 9_000,
  });
  const events = fc.sample(event, { numRuns: 60, seed: 7 });
  for (const text of events) await pump.push(text);
  await pump.finish();
  assert.deepEqual(sent.flat(), events);
  for (const batch of sent) assert.ok(encodeEvents(batch).length <= eventBytesMax);
});
