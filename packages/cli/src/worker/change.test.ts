import { JsonReader, nanotons } from "@cocoon/protocol";
import { readWorkerConfig, type WorkerConfig } from "@cocoon/services";
import assert from "node:assert/strict";
import { test } from "node:test";
import { changeConfig } from "./change.ts";
import type { Wishes } from "./wishes.ts";

const address = `0:${"ab".repeat(32)}`;
const config: WorkerConfig = readWorkerConfig(
  new JsonReader(
    {
      home: "worker",
      network: {
        networkId: -7_239,
        endpoints: ["http://127.0.0.1:1"],
        root: address,
        proxies: [{ bond: address }],
      },
      model: "cocoon-tiny",
      engine: { kind: "llama", modelPath: "m.gguf" },
      price: { promptPerMillion: "50", completionPerMillion: "200" },
      slots: 4,
      tickMs: 40,
      creditWindowNanotons: "1",
      settle: { thresholdNanotons: "1000", intervalMs: 30_000 },
    },
    "option_invalid",
  ),
);
const none: Wishes = {
  baseUrl: undefined,
  weightsPath: undefined,
  model: undefined,
  backendModel: undefined,
  slots: undefined,
  gpu: undefined,
  tier: undefined,
  promptPrice: undefined,
  price: undefined,
  floor: undefined,
  ceiling: undefined,
  costPerHour: undefined,
  bond: undefined,
  dispute: undefined,
  payout: undefined,
  isSilent: true,
};

test("changeConfig() refuses what makes another worker, by the option's name", () => {
  for (const [wishes, option] of [
    [{ baseUrl: "http://127.0.0.1:8000/v1" }, "--engine"],
    [{ model: "other" }, "--model"],
    [{ tier: "open" }, "--tier"],
    [{ bond: nanotons(1n) }, "--amount"],
    [{ dispute: address }, "--dispute"],
  ] as const) {
    assert.throws(() => changeConfig(config, { ...none, ...wishes }), {
      code: "option_invalid",
      details: {
        option,
        reason: "this worker is set up: give another a --name, or move its configuration away",
      },
    });
  }
  const outside = { ...none, floor: nanotons(300n) };
  assert.throws(() => changeConfig(config, outside), { code: "option_invalid" });
  const engine = { kind: "http", baseUrl: "http://127.0.0.1:1/v1", backendModel: "m" } as const;
  const onBackend = (): unknown => changeConfig({ ...config, engine }, { ...none, gpu: "cuda" });
  assert.throws(onBackend, { code: "option_invalid" });
});

test("changeConfig() changes what is named and nothing else", () => {
  assert.deepEqual(changeConfig(config, none), config);
  assert.deepEqual(changeConfig(config, { ...none, price: nanotons(300n) }), {
    ...config,
    price: { promptPerMillion: 50n, completionPerMillion: 300n },
  });
  const wishes = {
    ...none,
    promptPrice: nanotons(60n),
    floor: nanotons(100n),
    ceiling: nanotons(400n),
    slots: 8,
    payout: nanotons(2_000n),
    gpu: "none",
  } as const;
  assert.deepEqual(changeConfig(config, wishes), {
    ...config,
    engine: { kind: "llama", modelPath: "m.gguf", gpu: "none" },
    price: { promptPerMillion: 60n, completionPerMillion: 200n },
    priceFollowsLoad: { floorPercent: 50, ceilingPercent: 200 },
    slots: 8,
    settle: { thresholdNanotons: 2_000n, intervalMs: 30_000 },
  });
});
