import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, logOrigin, nanotons, toHex } from "@cocoon/protocol";
import { createChainClient, type TrustedAccount } from "@cocoon/sdk";
import { createLogKeys } from "./log-keys.ts";

const networkId = -7239;
const bond = `0:${"cd".repeat(32)}`;
const key = new Uint8Array(32).fill(9);
const real = createChainClient({
  endpoints: ["http://127.0.0.1:9/api/v2/jsonRPC"],
  networkId,
  requestTimeoutMs: 1_000,
});

test("createLogKeys() follows nothing but what it is told, and only its own network", async () => {
  const origin = "log.example";
  const logs = [{ origin, publicKey: toHex(key) }];
  const keyOf = createLogKeys({ networkId, logs, chain: real, now: () => 0 });
  for (const other of ["", "other.example", logOrigin(-239, bond), "cocoon/-7239/EQ"]) {
    assert.equal(await keyOf(other), undefined, other);
  }
  assert.deepEqual(await keyOf(origin), key);
  const offline = createLogKeys({ networkId, logs, chain: undefined, now: () => 0 });
  assert.equal(await offline(logOrigin(networkId, bond)), undefined);
});

test("createLogKeys() does not take a chain that is away for a bond that is not there", async () => {
  const keyOf = createLogKeys({ networkId, chain: real, now: () => 0 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await assert.rejects(keyOf(logOrigin(networkId, bond)), { code: "chain_unavailable" });
  }
});

test("createLogKeys() asks the chain for a bond once a minute, together for all who ask, and again after a failure", async () => {
  let asked = 0;
  let nowMs = 0;
  let isAway = false;
  const absent: TrustedAccount = {
    balance: nanotons(0n),
    status: "uninitialized",
    code: undefined,
    data: undefined,
    codeHash: undefined,
    lastLt: 0n,
    lastHash: undefined,
    seenAtSeconds: 0,
    isProven: false,
  };
  const chain = {
    ...real,
    trustedAccount: () => {
      asked += 1;
      if (isAway) return Promise.reject(new CocoonError("chain_unavailable"));
      return Promise.resolve(absent);
    },
  };
  const keyOf = createLogKeys({ networkId, chain, now: () => nowMs });
  const ask = () => keyOf(logOrigin(networkId, bond));
  assert.deepEqual(await Promise.all([ask(), ask()]), [undefined, undefined]);
  nowMs = 59_999;
  await ask();
  assert.equal(asked, 1);
  nowMs = 60_000;
  isAway = true;
  await assert.rejects(ask(), { code: "chain_unavailable" });
  isAway = false;
  assert.equal(await ask(), undefined);
  assert.equal(asked, 3);
});
