import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseThreads } from "./thread-count.ts";

async function choose(cores: number, speeds: Readonly<Record<number, number>>): Promise<unknown> {
  const measured: number[] = [];
  const threads = await chooseThreads(cores, async (count) => {
    measured.push(count);
    return speeds[count] ?? 0;
  });
  return { threads, measured };
}

test("chooseThreads() measures nothing where one core must stay free of two", async () => {
  assert.deepEqual(await choose(1, {}), { threads: 1, measured: [] });
  assert.deepEqual(await choose(2, {}), { threads: 1, measured: [] });
});

test("chooseThreads() doubles while that is faster, and leaves a core free", async () => {
  const speeds = { 1: 10, 2: 19, 4: 35, 8: 60 };
  assert.deepEqual(await choose(8, speeds), { threads: 4, measured: [1, 2, 4] });
  assert.deepEqual(await choose(16, speeds), { threads: 8, measured: [1, 2, 4, 8] });
});

test("chooseThreads() stops where doubling gains little", async () => {
  const speeds = { 1: 10, 2: 19, 4: 20 };
  assert.deepEqual(await choose(16, speeds), { threads: 2, measured: [1, 2, 4] });
});
