import assert from "node:assert/strict";
import { test } from "node:test";
import {
  findProfile,
  keyIdOf,
  parseCertificate,
  parsePemCertificates,
  primitives,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { createSimulatedVendor, simulatedImageHash } from "./index.ts";
import { simulatedMeasurements } from "./image.ts";
import { importSimulatedRoot, simulatedProfile, simulatedRootName } from "./root.ts";

const nowMs = () => Date.parse("2026-02-25T12:00:00Z");

async function rootOf(collateral: string) {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the vendor made it
  const { tcb_info_issuer_chain: chain } = JSON.parse(collateral) as Record<string, string>;
  const [, der = new Uint8Array()] = parsePemCertificates(chain ?? "", 2);
  return parseCertificate(der);
}

test("simulatedProfile is dev, simulated, and refused on mainnet", () => {
  assert.equal(simulatedProfile.tier, "dev");
  assert.equal(simulatedProfile.simulated, true);
  const { teeType } = simulatedProfile;
  const query = { teeType, kinds: ["tdx"], networkId: -239 } as const;
  const onMainnet = () => findProfile([simulatedProfile], query);
  assert.throws(onMainnet, { code: "profile_unknown" });
});

test("createSimulatedVendor() has the same root each time, and its name says what it is", async () => {
  const vendors = [await createSimulatedVendor({ nowMs }), await createSimulatedVendor({ nowMs })];
  for (const vendor of vendors) {
    const root = await rootOf(await vendor.collateral());
    assert.equal(root.commonName, simulatedRootName);
    assert.equal(await keyIdOf(root.key.bytes), simulatedProfile.rootKeyId);
  }
  const [one, other] = vendors;
  assert.notEqual(one?.platformId, other?.platformId);
});

test("the root's private key is the hash of its name, so that nobody takes it for a secret", async () => {
  const { point } = await importSimulatedRoot();
  assert.equal(await keyIdOf(point), simulatedProfile.rootKeyId);
  const digest = toHex(primitives.sha256(utf8(simulatedRootName)));
  assert.equal(digest, "38c159f09939a93406df513b7e6cae7810090eaeb07300e09c4a5136216b2113");
});

test("simulatedImageHash() gives each name its own image, in a register that is visibly simulated", () => {
  assert.notEqual(simulatedImageHash("worker-1"), simulatedImageHash("worker-2"));
  const { mrTd } = simulatedMeasurements("worker-1");
  assert.equal(mrTd.length, 48);
  assert.deepEqual(mrTd.subarray(0, 16), utf8("COCOON-SIMULATED"));
});

test("attester() gives evidence that is current when it is asked, not when the vendor was made", async () => {
  let clockMs = nowMs();
  const vendor = await createSimulatedVendor({ nowMs: () => clockMs });
  const attester = vendor.attester("worker-1");
  clockMs += 90 * 86_400_000;
  const { collateral, quote } = await attester.attest(new Uint8Array(64));
  // oxlint-disable-next-line no-unsafe-type-assertion -- the vendor made it
  const { tcb_info: tcbInfo } = JSON.parse(collateral) as Record<string, string>;
  assert.ok(tcbInfo?.includes('"issueDate":"2026-05-26T11:00:00Z"'));
  assert.ok(quote.length > 1_000);
  assert.equal(attester.imageHash, simulatedImageHash("worker-1"));
});
