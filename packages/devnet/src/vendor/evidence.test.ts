// The matrix: simulated and real evidence under simulated and real profiles, and each fault with its own code.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Claims,
  encodeBundle,
  encodeClaims,
  intelTdx,
  keyIdOf,
  noHash,
  normalizeTdxCollateral,
  parseCertificate,
  parsePemCertificates,
  type TrustProfile,
  verifyBundle,
} from "@cocoon/protocol";
import {
  type BundleOptions,
  type CollateralOptions,
  createSimulatedBundle,
  type QuoteOptions,
  simulatedImageHash,
} from "./index.ts";
import { simulatedProfile, simulatedTeeType } from "./index.ts";
import {
  claims,
  manifestHash,
  measurement,
  nowMs,
  options,
  policy,
  refuses,
  under,
  vendor,
} from "./evidence-fixture.test.ts";

const dayMs = 86_400_000;
const bundleOf = (changes: Partial<BundleOptions<QuoteOptions, CollateralOptions>> = {}) =>
  createSimulatedBundle(vendor, { claims, measurement, ...changes });
const claiming = (changes: Partial<Claims>) => bundleOf({ claims: { ...claims, ...changes } });

test("verifyBundle() accepts a simulated worker under the simulated profile, with tier dev", async () => {
  for (const version of [4, 5] as const) {
    const worker = await verifyBundle(await bundleOf({ quote: { version } }), options);
    assert.equal(worker.tier, "dev");
    assert.equal(worker.profileId, simulatedProfile.id);
    assert.equal(worker.imageHash, simulatedImageHash(measurement));
    assert.equal(worker.platformId, vendor.platformId);
    assert.equal(worker.expiresAtMs, claims.notAfterMs);
    assert.deepEqual(worker.claims, claims);
  }
});

test("verifyBundle() says when the collateral expires before the claims", async () => {
  const expiresAtMs = nowMs + 60_000;
  const worker = await verifyBundle(await bundleOf({ collateral: { expiresAtMs } }), options);
  assert.equal(worker.expiresAtMs, expiresAtMs);
});

test("verifyBundle() refuses simulated evidence under Intel's root, however it is labelled", async () => {
  const asIntel: TrustProfile<"tdx"> = { ...intelTdx, teeType: simulatedTeeType };
  await refuses(bundleOf(), "profile_unknown", { profiles: [intelTdx] });
  await refuses(bundleOf(), "chain_untrusted", { profiles: [asIntel] });
  const forged = bundleOf({ teeType: 0x81, quote: { teeType: 0x81 } });
  await refuses(forged, "chain_untrusted", { profiles: [intelTdx] });
  await refuses(forged, "profile_unknown");
});

test("verifyBundle() refuses a quote whose TEE type is not the bundle's", async () => {
  await refuses(bundleOf({ quote: { teeType: 0x81 } }), "quote_malformed");
});

test("verifyBundle() refuses simulated evidence on mainnet by construction", async () => {
  const onMainnet = { ...under({ networkId: -239 }), profiles: [simulatedProfile, intelTdx] };
  await refuses(claiming({ networkId: -239 }), "profile_unknown", onMainnet);
  await refuses(claiming({ networkId: -239, simulated: false }), "profile_unknown", onMainnet);
});

const vectors = new URL("../../../../../shared/vectors/", import.meta.url);
const skip = existsSync(vectors) ? false : "no ../shared/vectors beside the project";
const realEvidence = (teeType: number) =>
  encodeBundle({
    claims: encodeClaims(claims),
    teeType,
    quote: Uint8Array.from(readFileSync(new URL("cocoon_quote.dat", vectors))),
    collateral: normalizeTdxCollateral(
      readFileSync(new URL("tdx_quote_outdated_collateral.json", vectors), "utf8"),
    ),
    gpu: undefined,
  });

test("verifyBundle() refuses real evidence under the simulated root", { skip }, async () => {
  await refuses(realEvidence(0x81), "profile_unknown");
  await refuses(realEvidence(simulatedTeeType), "chain_untrusted");
});

test(
  "verifyBundle() takes real evidence as far as the claims it was not made for",
  { skip },
  async () => {
    const imageHash = "04b3afd931d28680af91a15b09d672c40ad6b141f7f9089a8d67d595220f7436";
    const allowed = new Map([[imageHash, { teeType: 0x81, role: "worker" as const }]]);
    const genuine = { profiles: [intelTdx] };
    const floor = { tcbEvaluationFloor: 18 };
    await refuses(realEvidence(0x81), "collateral_rollback", genuine);
    await refuses(realEvidence(0x81), "image_unknown", { ...under(floor), ...genuine });
    const listed = under({ ...floor, measurements: allowed });
    await refuses(realEvidence(0x81), "report_data_mismatch", { ...listed, ...genuine });
  },
);

test("verifyBundle() refuses a guest that can be debugged or opened", async () => {
  const septVeDisable = 1n << 28n;
  const attributes = (tdAttributes: bigint) => bundleOf({ quote: { tdAttributes } });
  await refuses(attributes(septVeDisable | 1n), "debug_enabled");
  await refuses(attributes(septVeDisable | 2n), "debug_enabled");
  await refuses(attributes(0n), "attributes_refused");
  await refuses(attributes(septVeDisable | (1n << 29n)), "attributes_refused");
  await refuses(attributes(septVeDisable | (1n << 40n)), "attributes_refused");
  const mrServiceTd = new Uint8Array(48).fill(1);
  await refuses(bundleOf({ quote: { version: 5, mrServiceTd } }), "attributes_refused");
});

test("verifyBundle() refuses every TCB status but UpToDate", async () => {
  for (const status of ["OutOfDate", "Revoked", "SWHardeningNeeded", "ConfigurationNeeded", "?"]) {
    await refuses(bundleOf({ collateral: { status } }), "tcb_out_of_date");
    await refuses(bundleOf({ collateral: { qeStatus: status } }), "tcb_out_of_date");
  }
});

test("verifyBundle() refuses an old, an unknown and a foreign TDX module", async () => {
  const svn = (...first: number[]) =>
    bundleOf({ quote: { teeTcbSvn: Uint8Array.of(...first, ...new Uint8Array(13)) } });
  await refuses(svn(4, 1, 3), "tcb_out_of_date");
  await refuses(svn(3, 1, 3), "tcb_unknown");
  await refuses(svn(5, 9, 3), "tdx_module_mismatch");
  await refuses(svn(5, 1, 2), "tcb_out_of_date");
  await refuses(svn(5, 1, 0), "tcb_unknown");
});

test("verifyBundle() refuses a quoting enclave that the vendor does not name", async () => {
  await refuses(bundleOf({ quote: { qeMrSigner: new Uint8Array(32) } }), "qe_identity_mismatch");
});

test("verifyBundle() refuses revoked certificates", async () => {
  await refuses(bundleOf({ collateral: { revoked: "platform" } }), "certificate_revoked");
  await refuses(bundleOf({ collateral: { revoked: "authority" } }), "certificate_revoked");
});

test("verifyBundle() refuses collateral that is expired, from the future, too old, or of another platform", async () => {
  const laterMs = nowMs + 31 * dayMs;
  const inAMonth = { ...under({ readAtMs: laterMs }), nowMs: laterMs };
  await refuses(bundleOf(), "collateral_expired", inAMonth);
  await refuses(bundleOf({ collateral: { expiresAtMs: nowMs - 1_000 } }), "collateral_expired");
  await refuses(bundleOf({ collateral: { issuedAtMs: nowMs + 120_000 } }), "collateral_expired");
  const old = bundleOf({ collateral: { issuedAtMs: nowMs - 8 * dayMs } });
  await refuses(old, "collateral_expired", under({ collateralAgeMsMax: 7 * dayMs }));
  await refuses(bundleOf({ collateral: { fmspc: "00".repeat(6) } }), "collateral_mismatch");
});

test("verifyBundle() refuses collateral below the policy's floor", async () => {
  const collateral = { evaluationNumber: policy.tcbEvaluationFloor - 1 };
  await refuses(bundleOf({ collateral }), "collateral_rollback");
});

test("verifyBundle() refuses collateral below what the image asks for, which the policy's floor does not", async () => {
  const least = (evaluationMin: number) => {
    const images = [...policy.measurements].map(
      ([hash, image]) => [hash, { ...image, evaluationMin }] as const,
    );
    return under({ measurements: new Map(images) });
  };
  const evaluationNumber = policy.tcbEvaluationFloor + 1;
  const bundle = await bundleOf({ collateral: { evaluationNumber } });
  await refuses(bundle, "collateral_rollback", least(evaluationNumber + 1));
  await verifyBundle(bundle, { ...options, ...least(evaluationNumber) });
});

test("verifyBundle() refuses revocation lists that are a year old, not yet valid or garbage", async () => {
  const lists = (issuedDays: number, expireDays: number) =>
    bundleOf({
      collateral: {
        listsIssuedAtMs: nowMs + issuedDays * dayMs,
        listsExpireAtMs: nowMs + expireDays * dayMs,
      },
    });
  await refuses(lists(-400, -370), "crl_invalid");
  await refuses(lists(1, 30), "crl_invalid");
  for (const name of ["pck_crl", "root_ca_crl"]) {
    await refuses(withField(name, "00"), "certificate_malformed");
    await refuses(withField(name, ""), "certificate_malformed");
    await refuses(withField(name, "zz"), "collateral_invalid");
    await refuses(withField(name, undefined), "collateral_invalid");
  }
  await refuses(swapped("pck_crl", "root_ca_crl"), "crl_invalid");
});

test("verifyBundle() refuses collateral whose parts belong elsewhere or are edited", async () => {
  await refuses(swapped("tcb_info_signature", "qe_identity_signature"), "collateral_invalid");
  await refuses(swapped("tcb_info", "qe_identity"), "collateral_invalid");
  await refuses(swapped("tcb_info_issuer_chain", "pck_crl_issuer_chain"), "chain_untrusted");
  const outdated = await edited({ status: "OutOfDate" }, "tcb_info", '"OutOfDate"', '"UpToDate"');
  await refuses(outdated, "collateral_invalid");
  const enclave = await edited({}, "qe_identity", '"isvprodid":2', '"isvprodid":3');
  await refuses(enclave, "collateral_invalid");
});

test("verifyBundle() refuses collateral in another spelling, or with more than its fields", async () => {
  const text = await vendor.collateral();
  for (const other of [`${text} `, ` ${text}`, text.replace("{", '{"more":"",')]) {
    await refuses(bundleOf({ collateral: other }), "collateral_invalid");
  }
  assert.equal(normalizeTdxCollateral(` ${text.replace("{", '{"more":"",')}`), text);
});

test("verifyBundle() refuses collateral whose signer's key the policy revokes", async () => {
  const { tcb_info_issuer_chain: pem = "" } = JSON.parse(await vendor.collateral()) as Fields; // oxlint-disable-line no-unsafe-type-assertion -- the vendor made it
  const [der = assert.fail()] = parsePemCertificates(pem, 2);
  const revokedKeyIds = new Set([await keyIdOf(parseCertificate(der).key.bytes)]);
  await refuses(bundleOf(), "certificate_revoked", under({ revokedKeyIds }));
});

type Fields = Record<string, string | undefined>;

async function withFields(change: (fields: Fields) => Fields, made = {}): Promise<Uint8Array> {
  const fields = JSON.parse(await vendor.collateral(made)) as Fields; // oxlint-disable-line no-unsafe-type-assertion -- the vendor made it
  return bundleOf({ collateral: JSON.stringify(change(fields)) });
}

function withField(name: string, value: string | undefined): Promise<Uint8Array> {
  return withFields((fields) => ({ ...fields, [name]: value }));
}

function swapped(one: string, other: string): Promise<Uint8Array> {
  return withFields((fields) => ({ ...fields, [one]: fields[other], [other]: fields[one] }));
}

function edited(made: object, name: string, from: string, to: string): Promise<Uint8Array> {
  return withFields((fields) => ({ ...fields, [name]: fields[name]?.replaceAll(from, to) }), made);
}

test("verifyBundle() refuses a quote for other claims", async () => {
  await refuses(bundleOf({ quote: { reportData: new Uint8Array(64) } }), "report_data_mismatch");
});

test("verifyBundle() refuses an image that the root contract does not list for this", async () => {
  await refuses(bundleOf({ measurement: "worker-2" }), "image_unknown");
  await refuses(bundleOf(), "image_unknown", under({ measurements: new Map() }));
  const real = new Map([
    [simulatedImageHash(measurement), { teeType: 0x81, role: "worker" as const }],
  ]);
  await refuses(bundleOf(), "image_unknown", under({ measurements: real }));
  await refuses(bundleOf({ measurement: "proxy-1" }), "claims_role_mismatch");
});

test("verifyBundle() refuses claims for another network, root, role or worker", async () => {
  await refuses(claiming({ networkId: -3 }), "claims_network_mismatch");
  await refuses(claiming({ rootAddress: `0:${"00".repeat(32)}` }), "claims_network_mismatch");
  await refuses(claiming({ role: "proxy" }), "claims_role_mismatch");
  await refuses(claiming({ workerId: "11".repeat(32) }), "claims_worker_mismatch");
  await refuses(claiming({ identityKey: new Uint8Array(32) }), "claims_worker_mismatch");
  const expect = { ...options.expect, workerId: "22".repeat(32) };
  await refuses(bundleOf(), "claims_worker_mismatch", { expect });
});

test("verifyBundle() refuses claims that are expired or not yet valid", async () => {
  await refuses(claiming({ notAfterMs: nowMs - 1 }), "claims_expired");
  await refuses(claiming({ notBeforeMs: nowMs + 60_001 }), "claims_expired");
  assert.ok(await verifyBundle(await claiming({ notBeforeMs: nowMs + 60_000 }), options));
});

test("verifyBundle() refuses claims that name a block the caller knows otherwise", async () => {
  const known = (hash: string) =>
    under({ blockRootHash: (seqno) => (seqno === 5 ? hash : undefined) });
  await refuses(bundleOf(), "claims_anchor_mismatch", known("00".repeat(32)));
  assert.ok(await verifyBundle(await bundleOf(), known(claims.anchorRootHash)));
});

test("verifyBundle() refuses simulated evidence that says it is real", async () => {
  await refuses(claiming({ simulated: false }), "claims_simulated");
});

test("verifyBundle() refuses a banned platform, and a GPU that nothing proves", async () => {
  const bannedPlatforms = new Set([vendor.platformId]);
  await refuses(bundleOf(), "platform_banned", under({ bannedPlatforms }));
  await refuses(claiming({ gpuEvidenceHash: "01".repeat(32) }), "gpu_evidence_invalid");
  assert.equal(claims.gpuEvidenceHash, noHash);
});

test("verifyBundle() refuses a model that the root contract does not list, and one not asked for", async () => {
  await refuses(claiming({ manifestHash: "00".repeat(32) }), "manifest_unknown");
  const models = new Map([
    ...policy.models,
    ["00".repeat(32), { name: "other", contextTokens: 1 }],
  ]);
  await refuses(
    claiming({ manifestHash: "00".repeat(32) }),
    "manifest_mismatch",
    under({ models }),
  );
  const expect = { tier: "dev" as const };
  assert.ok(await verifyBundle(await bundleOf(), { ...options, expect }));
  assert.equal(options.expect.manifestHash, manifestHash);
});

test("verifyBundle() refuses a tier below the one asked for", async () => {
  for (const tier of ["open", "confidential", "confidential-gpu"] as const) {
    await refuses(bundleOf(), "tier_too_low", { expect: { ...options.expect, tier } });
  }
});

test("verifyBundle() refuses a policy that is old or from the future, before it reads a byte", async () => {
  const nothing = new Uint8Array();
  await refuses(nothing, "policy_stale", under({ readAtMs: nowMs - 60_001 }));
  await refuses(nothing, "policy_stale", under({ readAtMs: nowMs + 60_001 }));
  await refuses(nothing, "bundle_malformed");
});
