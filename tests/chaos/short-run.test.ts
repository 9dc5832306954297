// One seed over real processes, as `npm run chaos` runs hundreds: what must hold is asserted, and no time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faultKinds } from "../../chaos/faults/index.ts";
import { runSeeds } from "../../chaos/run.ts";

const kinds = new Set(["kill proxy", "truncated wire"]);

test("a network whose proxy is killed and whose wires break loses no answer, no receipt and no nanoton", async (context) => {
  const [report] = await runSeeds(["1"], {
    kinds: faultKinds.filter(({ kind }) => kinds.has(kind)),
    minutes: Infinity,
    steps: 1,
    callers: 3,
    planted: [],
    brokenMax: 1,
    say: (line) => context.diagnostic(line),
    keepsHome: false,
  });
  assert.deepEqual(report?.broken, []);
  assert.ok(report.acknowledged > 0);
  assert.equal(report.faults.get("kill proxy")?.inflicted, 1);
});
