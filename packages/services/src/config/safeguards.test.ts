import { CocoonError, JsonReader, type TrustProfile } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { chainEndpoints } from "./endpoints.ts";
import { environment } from "./environment.ts";
import { readNetwork } from "./network.ts";
import { requireSafeNetwork } from "./safeguards.ts";

const fields = {
  networkId: -239,
  endpoints: ["https://toncenter.com/api/v2/jsonRPC"],
  root: `0:${"ab".repeat(32)}`,
  proxies: [],
};
const read = (changes: object) =>
  readNetwork(new JsonReader({ ...fields, ...changes }, "option_invalid"));
const isRefused = (error: unknown): boolean =>
  error instanceof CocoonError && error.code === "option_invalid";

test("readNetwork() takes mainnet only when it is allowed in so many words", () => {
  for (const allowMainnet of [undefined, false, "true", 1]) {
    assert.throws(() => read({ allowMainnet }), isRefused);
  }
  assert.equal(read({ allowMainnet: true }).allowMainnet, true);
  assert.equal(read({ networkId: -3 }).networkId, -3);
});

test("readNetwork() takes a limit of requests, and refuses one that is none", () => {
  for (const requestsPerSecond of [0, -1, 1.5, "1", 10_001]) {
    assert.throws(() => read({ networkId: -3, requestsPerSecond }), isRefused);
  }
  assert.equal(read({ networkId: -3, requestsPerSecond: 25 }).requestsPerSecond, 25);
});

test("readNetwork() requires proofs of accounts only where two servers can vouch for a block", () => {
  const endpoints = ["https://toncenter.com/api/v2/jsonRPC"];
  const one = { networkId: -3, endpoints, requireProofs: true };
  assert.throws(() => read(one), isRefused);
  const same = { ...one, proofEndpoints: ["https://toncenter.com"] };
  assert.throws(() => read(same), isRefused);
  assert.throws(() => read({ ...one, proofEndpoints: ["tonapi.io"] }), isRefused);
  const two = read({ ...one, proofEndpoints: ["https://tonapi.io"] });
  assert.deepEqual([two.requireProofs, two.proofEndpoints], [true, ["https://tonapi.io"]]);
  assert.equal(read({ ...one, networkId: -7239 }).requireProofs, true);
});

test("requireSafeNetwork() refuses simulated evidence on mainnet, whatever is allowed", () => {
  const hardware: TrustProfile = {
    id: "hardware",
    kind: "tdx",
    teeType: 0x81,
    rootKeyId: "",
    tier: "confidential",
    simulated: false,
  };
  const simulated: TrustProfile = { ...hardware, id: "sim", tier: "dev", simulated: true };
  const allowed = { networkId: -239, allowMainnet: true };
  assert.throws(() => requireSafeNetwork(allowed, [hardware, simulated]), isRefused);
  assert.throws(() => requireSafeNetwork({ networkId: -239 }, [hardware]), isRefused);
  requireSafeNetwork(allowed, [hardware]);
  requireSafeNetwork({ networkId: -7239 }, [hardware, simulated]);
});

test("chainEndpoints() gives the key to toncenter over TLS, and to nobody else", () => {
  const { toncenterKey } = environment({ COCOON_TONCENTER_KEY: "secret" });
  const urls = [
    "https://toncenter.com/api/v2/jsonRPC",
    "https://testnet.toncenter.com/api/v2/jsonRPC",
    "http://toncenter.com/api/v2/jsonRPC",
    "https://toncenter.com.example.org/api/v2/jsonRPC",
    "https://nottoncenter.com/api/v2/jsonRPC",
    "http://127.0.0.1:10020/api/v2/jsonRPC",
  ];
  const keys = (key: string | undefined) =>
    chainEndpoints({ endpoints: urls }, key).map(({ apiKey }) => apiKey);
  assert.deepEqual(keys(toncenterKey), ["secret", "secret", ...urls.slice(2).map(() => undefined)]);
  assert.deepEqual(
    keys(undefined),
    urls.map(() => undefined),
  );
  assert.equal(environment({ COCOON_TONCENTER_KEY: "" }).toncenterKey, undefined);
});
