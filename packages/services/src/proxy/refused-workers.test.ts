import assert from "node:assert/strict";
import { test } from "node:test";
import { createRefusedWorkers } from "./refused-workers.ts";

test("createRefusedWorkers() says a refusal of each code once a minute, and how many it left out", () => {
  const lines: string[] = [];
  let nowMs = 1_000;
  const refused = createRefusedWorkers(
    { event: (name, fields) => void lines.push(`${name} ${JSON.stringify(fields)}`) },
    () => nowMs,
  );
  for (let count = 0; count < 100_000; count += 1) refused("bundle_malformed");
  refused("platform_shared");
  nowMs += 59_999;
  refused("bundle_malformed");
  nowMs += 1;
  refused("bundle_malformed");
  nowMs += 60_000;
  refused("bundle_malformed");
  assert.deepEqual(lines, [
    'worker_refused {"code":"bundle_malformed","unsaid":0}',
    'worker_refused {"code":"platform_shared","unsaid":0}',
    'worker_refused {"code":"bundle_malformed","unsaid":100000}',
    'worker_refused {"code":"bundle_malformed","unsaid":0}',
  ]);
});
