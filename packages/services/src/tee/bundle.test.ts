import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Attester,
  type AttestedWorker,
  claimsHash,
  type GpuEvidence,
  gpuEvidenceHash,
  gpuNonce,
  noHash,
  parseBundle,
  parseClaims,
  reportData,
  workerIdOf,
} from "@cocoon/protocol";
import { buildBundle, createIdentity, renewAtMs } from "./index.ts";

const nowMs = Date.parse("2026-02-25T12:00:00Z");
const identity = createIdentity();
const fields = {
  identity,
  networkId: -7_239,
  rootAddress: `0:${"a1".repeat(32)}`,
  payout: `0:${"b2".repeat(32)}`,
  manifestHash: "d4".repeat(32),
  engineHash: "e5".repeat(32),
  nowMs,
};
/** Repeats the report data where a quote would stand. */
const attester: Attester = {
  teeType: 0xc0c00081,
  simulated: true,
  imageHash: "00".repeat(32),
  attest: async (quoted) => ({ quote: quoted, collateral: "{}" }),
};

test("buildBundle() refuses evidence that is too large for a bundle, and hands on the TEE's own failure", async () => {
  const large = {
    ...attester,
    attest: async () => ({ quote: new Uint8Array(40_000), collateral: "" }),
  };
  await assert.rejects(buildBundle({ ...fields, attester: large }), { code: "bundle_malformed" });
  const broken = { ...attester, attest: () => Promise.reject(new Error("no TEE here")) };
  await assert.rejects(buildBundle({ ...fields, attester: broken }), /no TEE here/);
});

test("buildBundle() has the TEE quote the claims that it puts in the bundle", async () => {
  const { bytes, claims, claimsHash: hash } = await buildBundle({ ...fields, attester });
  const bundle = parseBundle(bytes);
  assert.deepEqual(parseClaims(bundle.claims), claims);
  assert.deepEqual(bundle.quote, reportData(bundle.claims));
  assert.equal(hash, claimsHash(bundle.claims));
  assert.equal(bundle.teeType, attester.teeType);
  assert.equal(claims.simulated, true);
  assert.equal(claims.workerId, workerIdOf(identity.key.publicKey));
  assert.equal(claims.notAfterMs - nowMs, 6 * 3_600_000);
  assert.equal(claims.anchorRootHash, noHash);
});

test("buildBundle() asks the GPUs with a nonce of this guest and block, and claims what they answer", async () => {
  const anchor = { seqno: 7, rootHash: "c3".repeat(32) };
  const asked: Uint8Array[] = [];
  const gpus = {
    attest: async (nonce: Uint8Array): Promise<GpuEvidence> => {
      asked.push(nonce);
      const devices = [{ report: nonce, chain: "" }];
      return { teeType: 0xc0c04701, measurements: "{}", devices };
    },
  };
  const { bytes, claims } = await buildBundle({
    ...fields,
    attester: { ...attester, gpus },
    anchor,
  });
  const { gpu = assert.fail("no GPU") } = parseBundle(bytes);
  assert.equal(claims.gpuEvidenceHash, gpuEvidenceHash(gpu));
  const rootHash = new Uint8Array(32).fill(0xc3);
  assert.deepEqual(asked, [gpuNonce(identity.key.publicKey, rootHash)]);
  assert.deepEqual(gpu.devices[0]?.report, asked[0]);
});

test("buildBundle() names the block and the validity that it is given", async () => {
  const anchor = { seqno: 7, rootHash: "c3".repeat(32) };
  const { claims } = await buildBundle({ ...fields, attester, anchor, validityMs: 60_000 });
  assert.equal(claims.anchorSeqno, 7);
  assert.equal(claims.anchorRootHash, anchor.rootHash);
  assert.equal(claims.notAfterMs, nowMs + 60_000);
});

test("createIdentity() makes another worker each time", () => {
  const other = createIdentity();
  assert.notEqual(other.workerId, identity.workerId);
  assert.notDeepEqual(other.bootNonce, identity.bootNonce);
  assert.equal(identity.key.publicKey.length, 32);
});

test("renewAtMs() leaves a quarter of the time that the evidence is good for", async () => {
  const { claims } = await buildBundle({ ...fields, attester });
  // oxlint-disable-next-line no-unsafe-type-assertion -- what the function reads of it
  const worker = { claims, expiresAtMs: nowMs + 4_000 } as AttestedWorker;
  assert.equal(renewAtMs(worker), nowMs + 3_000);
});
