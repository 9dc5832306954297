import { type BenchmarkReport, CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { benchmarkEngine, bestTokensPerSecond } from "./benchmark.ts";
import type { Engine, EngineLoad } from "./engine.ts";

/** An engine that takes a second for a prompt and half of one for each token, on a clock of its own. */
function clockedEngine(slots: number) {
  let timeMs = 0;
  const prompts: string[] = [];
  const load: EngineLoad = { active: 0, queued: 0, slots };
  const engine: Engine = {
    models: [{ id: "m", contextTokens: 512, capabilities: [] }],
    load: () => load,
    close: () => Promise.resolve(),
    async *run({ messages, tokensMax = 0 }) {
      const content = messages[0]?.content;
      prompts.push(typeof content === "string" ? content : "");
      timeMs += 1_000;
      for (let token = 0; token < tokensMax; token += 1) {
        timeMs += 500;
        yield { type: "delta", text: "x" };
      }
      const usage = { promptTokens: 100, completionTokens: tokensMax };
      yield await Promise.resolve({ type: "finish", reason: "length", usage } as const);
    },
  };
  const { signal } = new AbortController();
  return { engine, prompts, options: { signal, nowMs: () => timeMs, wallMs: () => 7 } };
}

test("benchmarkEngine() counts by the engine's usage, asks no prompt twice, and no more at once than there are slots", async () => {
  const { engine, options, prompts } = clockedEngine(2);
  const report = await benchmarkEngine(engine, { ...options, completionTokens: 4 });
  assert.equal(report.atMs, 7);
  // 100 tokens in a second and the one token that ends the request.
  assert.equal(report.promptTokensPerSecond, 66.7);
  assert.deepEqual(report.steps[0], {
    concurrency: 1,
    completionTokensPerSecond: 1.3,
    firstTokenMs: 1_500,
  });
  assert.deepEqual(
    report.steps.map(({ concurrency }) => concurrency),
    [1, 2],
  );
  assert.equal(new Set(prompts).size, prompts.length);
});

test("benchmarkEngine() begins no step after its time, and throws what the engine throws", async () => {
  const slow = clockedEngine(8);
  const report = await benchmarkEngine(slow.engine, { ...slow.options, timeMaxMs: 5_000 });
  assert.deepEqual(
    report.steps.map(({ concurrency }) => concurrency),
    [1],
  );
  const { engine, options } = clockedEngine(1);
  const failing: Engine = {
    ...engine,
    // oxlint-disable-next-line require-yield -- it fails before it says anything
    async *run() {
      await Promise.resolve();
      throw new CocoonError("usage_missing");
    },
  };
  await assert.rejects(benchmarkEngine(failing, options), { code: "usage_missing" });
});

test("bestTokensPerSecond() is 0 where no step was made", () => {
  const steps: BenchmarkReport["steps"] = [
    { concurrency: 1, completionTokensPerSecond: 3, firstTokenMs: 1 },
    { concurrency: 2, completionTokensPerSecond: 5, firstTokenMs: 1 },
  ];
  assert.equal(bestTokensPerSecond({ steps }), 5);
  assert.equal(bestTokensPerSecond({ steps: [] }), 0);
});
