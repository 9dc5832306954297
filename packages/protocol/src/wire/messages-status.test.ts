import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonReader } from "../codec/index.ts";
import { nanotons } from "../units/index.ts";
import { readJsonBody, readMessage } from "./messages.ts";
import { encodeStatus, type ProxyStatus, readStatus } from "./messages-status.ts";

const status: ProxyStatus = {
  networkId: -7_239,
  bond: `0:${"ab".repeat(32)}`,
  feeBps: 100,
  logSize: 7,
  anchoredSize: 5,
  workers: [
    {
      worker: "11".repeat(32),
      claimsHash: "22".repeat(32),
      tier: "open",
      model: "33".repeat(32),
      promptPerMillion: nanotons(50n),
      completionPerMillion: nanotons(200n),
      active: 1,
      slots: 4,
      contextTokens: 512,
      capabilities: ["tools"],
      tokensPerSecond: 12.5,
    },
  ],
};

/** As they come over the wire, or from GET /status. */
const row = { ...status.workers[0], promptPerMillion: "50", completionPerMillion: "200" };
const plain = { ...status, workers: [row] };

function read(value: unknown): ProxyStatus {
  return readStatus(new JsonReader(value, "peer_misbehaved"));
}

test("readStatus() refuses what is no status", () => {
  for (const [field, value] of [
    ["networkId", "x"],
    ["bond", "0:ab"],
    ["feeBps", 10_001],
    ["logSize", -1],
    ["workers", {}],
    ["workers", [{ ...row, slots: "4" }]],
    ["workers", [{ ...row, promptPerMillion: "-1" }]],
  ] as const) {
    assert.throws(() => read({ ...plain, [field]: value }), { code: "peer_misbehaved" }, field);
  }
});

test("readStatus() reads what encodeStatus() wrote, and leaves out a worker of a tier that it does not know", () => {
  const written = readJsonBody(readMessage(encodeStatus(status)).body).unknownFields();
  assert.deepEqual(written, plain);
  assert.deepEqual(read(written), status);
  const [worker] = status.workers;
  const unmeasured = { ...row, tokensPerSecond: undefined };
  const stranger = { ...unmeasured, tier: "quantum" };
  const { workers } = read({ ...plain, workers: [unmeasured, stranger] });
  assert.equal(workers.length, 1);
  assert.deepEqual({ ...workers[0], tokensPerSecond: 12.5 }, worker);
});
