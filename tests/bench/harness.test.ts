// The bench's own arithmetic: a harness that is wrong is worse than none.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { comparisonOf, meets } from "../../bench/harness/figure.ts";
import { reportLines } from "../../bench/harness/console.ts";
import { renderPage } from "../../bench/harness/page.ts";
import { type Contender, runRounds } from "../../bench/harness/rounds.ts";
import { timeByCause } from "../../bench/request/causes.ts";
import { quantile, ratios, summarize } from "../../bench/harness/statistics.ts";

test("quantile() refuses no samples and what is no number", () => {
  assert.throws(() => quantile([], 0.5), RangeError);
  assert.throws(() => quantile([1, Number.NaN], 0.5), RangeError);
});

test("ratios() refuses rounds in which one of the two is missing", () => {
  assert.throws(() => ratios([1, 2], [1]), RangeError);
});

test("quantile() interpolates between neighbours and does not change its samples", () => {
  const samples = [40, 10, 30, 20];
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1].map((part) => quantile(samples, part)),
    [10, 17.5, 25, 32.5, 40],
  );
  assert.deepEqual(samples, [40, 10, 30, 20]);
  assert.equal(quantile([7], 0.99), 7);
});

test("summarize() orders its figures, whatever the samples", () => {
  const sample = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (samples) => {
      const { min, low, median, high, max, count } = summarize(samples);
      assert.ok(min <= low && low <= median && median <= high && high <= max);
      assert.equal(count, samples.length);
    }),
  );
});

test("comparisonOf() divides round by round, so that a slow spell of the machine leaves no trace", () => {
  const yardstick = [10, 10, 90, 80, 10];
  const ours = yardstick.map((sample) => 1.5 * sample);
  const { ratio } = comparisonOf({
    name: "a",
    unit: "µs",
    yardstickName: "b",
    ours,
    yardstick,
  });
  assert.deepEqual([ratio.min, ratio.median, ratio.max], [1.5, 1.5, 1.5]);
});

test("meets() takes a bar from below and from above, and none as no verdict", () => {
  assert.deepEqual(
    [meets(2, { atMost: 2 }), meets(2.01, { atMost: 2 }), meets(2, { atLeast: 2.01 })],
    [true, false, false],
  );
  assert.equal(meets(2, undefined), undefined);
});

test("runRounds() gives turns in order, and counts the time of each turn for itself alone", async () => {
  const turns: string[] = [];
  let nowMicros = 0;
  const contender = (name: string, micros: number): Contender => {
    return {
      name,
      run: (times) => {
        turns.push(name);
        nowMicros += micros * times;
      },
    };
  };
  const clock = { wallMicros: () => nowMicros, cpuMicros: () => nowMicros / 2 };
  const effort = { rounds: 4, turnMs: 10 };
  const [slow, quick] = await runRounds([contender("a", 50), contender("b", 20)], effort, clock);
  assert.equal(turns.slice(-8).join(""), "abababab");
  assert.deepEqual(slow?.wall, [50, 50, 50, 50]);
  assert.deepEqual(slow?.cpu, [25, 25, 25, 25]);
  assert.deepEqual(quick?.wall, [20, 20, 20, 20]);
});

test("a report says what missed its bar, as text and on the page, and no text of it is markup", () => {
  const samples = { unit: "µs", ours: [30, 30], yardstick: [10, 10] };
  const comparisons = [
    comparisonOf({ name: "<seal>", yardstickName: "raw", ...samples, bar: { atMost: 2 } }),
  ];
  const facts = [{ name: "decisions", unit: "a second", value: 300_000, bar: { atLeast: 2e5 } }];
  const report = { comparisons, facts, notes: ["a & b"] };
  const lines = reportLines(report).join("\n");
  assert.match(lines, /<seal>.*ratio 3\.00.*at most 2: missed/);
  assert.match(lines, /decisions: 300,000 a second at least 200000: met/);
  const machine = {
    processor: "p",
    cores: 2,
    memoryGiB: 1,
    system: "s",
    node: "v20",
    load: 0,
    commit: "c",
    takenAt: "now",
  };
  const page = renderPage([{ name: "n", title: "t", isQuick: false, machine, ...report }]);
  assert.match(page, /&lt;seal&gt;/);
  assert.match(page, /a &amp; b/);
  assert.doesNotMatch(page, /<seal>/);
  assert.match(page, /class="missed"[^>]*>at most 2: missed/);
});

test("timeByCause() counts a function that may serve anything for its nearest caller that has a cause, and no idle time", () => {
  const node = (id: number, functionName: string, url: string, children: number[] = []) => {
    const callFrame = { functionName, url, scriptId: "0", lineNumber: 0, columnNumber: 0 };
    return { id, callFrame, children };
  };
  const profile = {
    nodes: [
      node(1, "(root)", "", [2, 3, 4, 7]),
      node(2, "(idle)", ""),
      node(3, "(garbage collector)", ""),
      node(4, "seal", "file:///a/packages/protocol/dist/sealing/request.js", [5]),
      node(5, "append", "file:///a/packages/services/dist/log/receipt-log.js", [6]),
      node(6, "concatBytes", "file:///a/packages/protocol/dist/bytes/index.js"),
      node(7, "tick", "node:internal/timers"),
    ],
    samples: [2, 3, 4, 5, 6, 6, 7],
    timeDeltas: [1_000, 1, 10, 100, 100, 100, 5],
    startTime: 0,
    endTime: 1_316,
  };
  const spent = [...timeByCause(profile)].filter(([, micros]) => micros > 0);
  assert.deepEqual(Object.fromEntries(spent), {
    crypto: 10,
    store: 300,
    "garbage collection": 1,
    rest: 5,
  });
});
