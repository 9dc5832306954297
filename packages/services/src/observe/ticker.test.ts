import assert from "node:assert/strict";
import { test } from "node:test";
import { startTicker } from "./ticker.ts";

test("startTicker() goes on after a task that throws, and tells of it", async () => {
  const failures: unknown[] = [];
  let runs = 0;
  await new Promise<void>((resolve) => {
    const ticker = startTicker(
      1,
      () => {
        runs += 1;
        if (runs === 3) resolve(ticker.stop(0));
        return runs === 1 ? Promise.reject(new RangeError("first")) : Promise.resolve();
      },
      (error) => failures.push(error),
    );
  });
  assert.equal(runs, 3);
  assert.deepEqual(failures.map(String), ["RangeError: first"]);
});

test("stop() waits for the run under way, and lets none follow", async () => {
  let finish = (): void => undefined;
  let runs = 0;
  const begun = new Promise<ReturnType<typeof startTicker>>((resolve) => {
    const ticker = startTicker(
      1,
      async () => {
        runs += 1;
        resolve(ticker);
        await new Promise<void>((done) => (finish = done));
      },
      () => undefined,
    );
  });
  const ticker = await begun;
  let isStopped = false;
  const stopping = ticker.stop().then(() => (isStopped = true));
  await Promise.resolve();
  assert.equal(isStopped, false);
  finish();
  await stopping;
  assert.equal(runs, 1);
});

test("stop() does not wait for ever", async () => {
  const begun = new Promise<ReturnType<typeof startTicker>>((resolve) => {
    const ticker = startTicker(
      1,
      () => {
        resolve(ticker);
        return new Promise<void>(() => undefined);
      },
      () => undefined,
    );
  });
  await (await begun).stop(1);
});
