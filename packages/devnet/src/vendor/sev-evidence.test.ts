// What is SEV-SNP's own: each fault of a report, its certificates and its revocation list with its own code.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  amdSevMilan,
  type ErrorCode,
  fromHex,
  encodePemCertificates,
  encodeSevCollateral,
  hardwareProfiles,
  keyIdOf,
  parseCertificate,
  parsePemCertificates,
  type Policy,
  type SevCollateral,
  verifyBundle,
  type VerifyOptions,
} from "@cocoon/protocol";
import {
  type BundleOptions,
  createSimulatedBundle,
  createSimulatedSevVendor,
  type SevCollateralOptions,
  type SevReportOptions,
  simulatedSevImageHash,
  type SimulatedSevProduct,
  simulatedSevProfiles,
  simulatedSevRootName,
  simulatedSevTcb,
} from "./index.ts";
import { claims, measurement, nowMs, options, policy, refuses } from "./evidence-fixture.test.ts";

const dayMs = 86_400_000;
const products: readonly SimulatedSevProduct[] = ["Genoa", "Turin"];

async function openSuite(product: SimulatedSevProduct) {
  const vendor = await createSimulatedSevVendor(product, { nowMs: () => nowMs });
  const { teeType } = vendor.profile;
  const measurements = new Map([
    [simulatedSevImageHash(product, measurement), { teeType, role: "worker" as const }],
  ]);
  const under = (changes: Partial<Policy> = {}): VerifyOptions => {
    const profiles = [vendor.profile];
    return { ...options, profiles, policy: { ...policy, measurements, ...changes } };
  };
  const bundleOf = (changes: Partial<BundleOptions<SevReportOptions, SevCollateralOptions>>) =>
    createSimulatedBundle(vendor, { claims, measurement, ...changes });
  const quoting = async (quote: Partial<SevReportOptions>, code: ErrorCode) =>
    refuses(bundleOf({ quote }), code, under());
  const stapling = async (collateral: SevCollateralOptions | string, code: ErrorCode) =>
    refuses(bundleOf({ collateral }), code, under());
  return { vendor, under, bundleOf, quoting, stapling };
}

for (const product of products) {
  const { vendor, under, bundleOf, quoting, stapling } = await openSuite(product);

  test(`verifyBundle() accepts every version of report from ${product}`, async () => {
    for (const version of [2, 3, 4, 5] as const) {
      assert.ok(await verifyBundle(await bundleOf({ quote: { version } }), under()));
    }
  });

  test(`verifyBundle() accepts a key that a cloud provider loaded on ${product}, and names the chip`, async () => {
    const quote = { signer: "SEV-VLEK" } as const;
    const worker = await verifyBundle(await bundleOf({ quote, collateral: quote }), under());
    assert.equal(worker.platformId, vendor.platformId);
    await quoting(quote, "collateral_mismatch");
    await stapling(quote, "collateral_mismatch");
    const masked = { ...quote, chipId: new Uint8Array(64) };
    await refuses(bundleOf({ quote: masked, collateral: quote }), "attributes_refused", under());
  });

  test(`verifyBundle() refuses a guest on ${product} that can be debugged, moved or watched`, async () => {
    const usual = (1n << 16n) | (1n << 17n);
    await quoting({ policy: usual | (1n << 19n) }, "debug_enabled");
    await quoting({ policy: usual | (1n << 18n) }, "attributes_refused");
    await quoting({ policy: usual | (1n << 21n) }, "attributes_refused");
    await quoting({ policy: usual | (1n << 26n) }, "attributes_refused");
    await quoting({ policy: 1n << 16n }, "attributes_refused");
    await quoting({ vmpl: 1 }, "attributes_refused");
    await quoting({ platformInfo: 1n }, "attributes_refused");
    const stricter = usual | (1n << 20n) | (1n << 24n) | (1n << 25n);
    assert.ok(await verifyBundle(await bundleOf({ quote: { policy: stricter } }), under()));
  });

  test(`verifyBundle() refuses a report of ${product} that is for another key than the one shown`, async () => {
    await quoting({ tcb: { ...simulatedSevTcb, snp: 22 } }, "collateral_mismatch");
    await quoting({ tcb: { ...simulatedSevTcb, microcode: 85 } }, "collateral_mismatch");
    await quoting({ chipId: new Uint8Array(64).fill(1) }, "collateral_mismatch");
    const padded = new Uint8Array(64).fill(1);
    padded.set(fromHex(vendor.platformId) ?? []);
    if (product === "Turin") await quoting({ chipId: padded }, "collateral_mismatch");
    await quoting({ cpuFamily: 0x17 }, "collateral_mismatch");
    const other = await createSimulatedSevVendor(product, { nowMs: () => nowMs });
    await stapling(await other.collateral(), "collateral_mismatch");
  });

  test(`verifyBundle() refuses ${product} below the policy's versions`, async () => {
    const { teeType } = vendor.profile;
    const floor = (snp: number) =>
      under({ sevTcbMin: new Map([[teeType, { ...simulatedSevTcb, snp }]]) });
    await refuses(bundleOf({}), "tcb_out_of_date", floor(simulatedSevTcb.snp + 1));
    assert.ok(await verifyBundle(await bundleOf({}), floor(simulatedSevTcb.snp)));
  });

  test(`verifyBundle() refuses revoked authorities of ${product} and bad revocation lists`, async () => {
    await stapling({ revoked: true }, "certificate_revoked");
    await stapling(
      { issuedAtMs: nowMs - 400 * dayMs, expiresAtMs: nowMs - 370 * dayMs },
      "crl_invalid",
    );
    await stapling({ issuedAtMs: nowMs + dayMs }, "crl_invalid");
    // oxlint-disable-next-line no-unsafe-type-assertion -- the vendor made it
    const { chain, crl } = JSON.parse(await vendor.collateral()) as SevCollateral;
    await stapling(encodeSevCollateral({ chain, crl: "" }), "certificate_malformed");
    await stapling(encodeSevCollateral({ chain, crl: `${crl.slice(0, -2)}00` }), "crl_invalid");
    await stapling(JSON.stringify({ chain }), "collateral_invalid");
    await stapling(JSON.stringify({ crl, chain }), "collateral_invalid");
    await stapling(`${JSON.stringify({ chain, crl })} `, "collateral_invalid");
    const old = bundleOf({ collateral: { issuedAtMs: nowMs - 8 * dayMs } });
    await refuses(old, "collateral_expired", under({ collateralAgeMsMax: 7 * dayMs }));
  });

  test(`verifyBundle() refuses a key of ${product} under the authority for the other kind of key`, async () => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the vendor made it
    const { chain, crl } = JSON.parse(await vendor.collateral()) as SevCollateral;
    const loaded = await vendor.collateral({ signer: "SEV-VLEK" });
    // oxlint-disable-next-line no-unsafe-type-assertion -- the vendor made it
    const other = JSON.parse(loaded) as SevCollateral;
    const [leaf = assert.fail(), , root = assert.fail()] = parsePemCertificates(chain, 3);
    const [otherLeaf = assert.fail(), authority = assert.fail()] = parsePemCertificates(
      other.chain,
      3,
    );
    const mixed = encodePemCertificates(leaf, authority, root);
    await stapling(encodeSevCollateral({ chain: mixed, crl }), "chain_untrusted");
    const without = encodePemCertificates(otherLeaf, authority, otherLeaf);
    await stapling(encodeSevCollateral({ chain: without, crl }), "chain_untrusted");
    const turned = encodePemCertificates(authority, authority, root);
    await stapling(encodeSevCollateral({ chain: turned, crl }), "chain_untrusted");
  });

  test(`verifyBundle() refuses a report of ${product} of another size, version or padding`, async () => {
    const report = await vendor.quote({ measurement, reportData: new Uint8Array(64) });
    const showing = (quote: Uint8Array) =>
      refuses(
        createSimulatedBundle({ ...vendor, quote: async () => quote }, { claims, measurement }),
        "quote_malformed",
        under(),
      );
    await showing(report.slice(0, -1));
    await showing(report.with(0, 1));
    await showing(report.with(0, 6));
    await showing(report.with(0x34, 2));
    await showing(report.with(0x48, 7 << 2));
    for (const at of [0x2a0 + 71, 0x2a0 + 143, 0x4a0 - 1]) await showing(report.with(at, 1));
  });
}

test("simulated roots of AMD's say what they are, and their key ids are the profiles'", async () => {
  const vendor = await createSimulatedSevVendor("Turin", { nowMs: () => nowMs });
  // oxlint-disable-next-line no-unsafe-type-assertion -- the vendor made it
  const { chain } = JSON.parse(await vendor.collateral()) as SevCollateral;
  const [, , der = new Uint8Array()] = parsePemCertificates(chain, 3);
  const root = parseCertificate(der);
  assert.equal(root.commonName, simulatedSevRootName);
  assert.equal(await keyIdOf(root.key.bytes), simulatedSevProfiles.Genoa.rootKeyId);
});

test("verifyBundle() refuses Milan before it looks at a byte of the report", async () => {
  const vendor = await createSimulatedSevVendor("Genoa", { nowMs: () => nowMs });
  const { teeType } = amdSevMilan;
  const milan = createSimulatedBundle(vendor, { claims, measurement, teeType });
  await refuses(milan, "platform_banned", { profiles: hardwareProfiles });
});
