import { nanotons } from "@cocoon/protocol";
import type { RootChange } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeChange, describeTime } from "./changes.ts";

const hash = "ab".repeat(32);
const keys = ["01".repeat(32), "02".repeat(32), "03".repeat(32)];
const listing = {
  name: "cocoon-tiny",
  contextTokens: 512,
  promptPerMillionMax: nanotons(50_000_000n),
  completionPerMillionMax: nanotons(1_000_000_000n),
};
const params = {
  tcbEvaluationFloor: 18,
  bondMin: nanotons(10_000_000_000n),
  workerBondMin: nanotons(0n),
  channelCodeHash: hash,
  proxyBondCodeHash: hash,
  workerBondCodeHash: hash,
};
const said: readonly (readonly [RootChange, RegExp])[] = [
  [
    { kind: "setModel", manifestHash: hash, listing },
    /^list model cocoon-tiny \(abab.*\): 512 tokens, at most 0\.05 \/ 1 TON per million$/,
  ],
  [{ kind: "removeModel", manifestHash: hash }, /^remove model abab/],
  [
    {
      kind: "setMeasurement",
      imageHash: hash,
      measurement: { teeType: 0x81, role: 1, evaluationMin: 17 },
    },
    /^allow image abab.*: TEE type 0x81, role 1, TCB evaluation 17 or later$/,
  ],
  [{ kind: "removeMeasurement", imageHash: hash }, /^remove image abab/],
  [{ kind: "setParams", params }, /floor 18, a proxy's bond 10 TON, a worker's 0 TON$/],
  [{ kind: "setAuditors", auditors: { keys: [], threshold: 0 } }, /^set auditors: nobody$/],
  [
    { kind: "setGovernance", governance: { keys, threshold: 2, delaySeconds: 60 } },
    /^set governance: 2 of 3 keys, delay 60 s$/,
  ],
  [{ kind: "liftBan", platformId: hash }, /^lift the ban of platform abab/],
];

test("describeChange() says what each change does", () => {
  for (const [change, words] of said) assert.match(describeChange(change), words);
});

test("describeTime() says when, and whether that has come", () => {
  const [[change] = []] = said;
  assert.ok(change !== undefined);
  const pending = { id: 1, executeAtSeconds: 1_800_000_000, change };
  assert.equal(describeTime(pending, 1_799_999_999_999), "2027-01-15T08:00:00Z");
  assert.equal(describeTime(pending, 1_800_000_000_000), "now, since 2027-01-15T08:00:00Z");
});
