// Attacks on evidence, by the numbers of the table in SECURITY.md: what a client refuses before it seals anything.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { suite, test } from "node:test";
import {
  type BundleOptions,
  type CollateralOptions,
  createSimulatedBundle,
  createSimulatedGpu,
  type QuoteOptions,
  simulatedGpuMeasurementsHash,
  simulatedGpuProfile,
  simulatedProfile,
} from "@cocoon/devnet";
import {
  type AllowedImage,
  amdSevMilan,
  encodeBundle,
  encodePemCertificates,
  findProfile,
  gpuEvidenceHash,
  gpuNonce,
  hardwareProfiles,
  noHash,
  parseBundle,
  parseCertificate,
  parsePemCertificates,
  utf8,
} from "@cocoon/protocol";
import {
  claims,
  measurement,
  nowMs,
  options,
  policy,
  refuses,
  under,
  vendor,
} from "../../packages/devnet/src/vendor/evidence-fixture.test.ts";
import { listSources } from "../files.ts";

type Changes = Omit<BundleOptions<QuoteOptions, CollateralOptions>, "claims" | "measurement">;

const bundleOf = (changes: Changes = {}, said = claims, image = measurement) =>
  createSimulatedBundle(vendor, { claims: said, measurement: image, ...changes });

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

suite("attack 3: a proxy diverts to another genuine worker", () => {
  test("the same image with another id is refused: claims_worker_mismatch", async () => {
    const expect = { ...options.expect, workerId: "ab".repeat(32) };
    await refuses(bundleOf(), "claims_worker_mismatch", { expect });
  });
});

suite("attack 4: evidence is used again", () => {
  test("after its time: claims_expired", async () => {
    await refuses(bundleOf(), "claims_expired", {
      nowMs: claims.notAfterMs + 1,
      policy: { ...policy, readAtMs: claims.notAfterMs },
    });
  });
  test("on another network, or under another root contract: claims_network_mismatch", async () => {
    await refuses(bundleOf({}, { ...claims, networkId: -3 }), "claims_network_mismatch");
    const rootAddress = `0:${"ff".repeat(32)}`;
    await refuses(bundleOf({}, { ...claims, rootAddress }), "claims_network_mismatch");
  });
  test("in another role: claims_role_mismatch", async () => {
    await refuses(bundleOf({}, { ...claims, role: "proxy" }), "claims_role_mismatch");
    await refuses(bundleOf({}, claims, "proxy-1"), "claims_role_mismatch");
  });
  test("with claims of another boot: report_data_mismatch", async () => {
    const other = parseBundle(await bundleOf({}, { ...claims, bootNonce: new Uint8Array(16) }));
    const bundle = { ...parseBundle(await bundleOf()), claims: other.claims };
    await refuses(encodeBundle(bundle), "report_data_mismatch");
  });
  test("from a fork of the chain: claims_anchor_mismatch", async () => {
    const known = under({ blockRootHash: () => "00".repeat(32) });
    await refuses(bundleOf(), "claims_anchor_mismatch", known);
  });
});

suite("attack 5: the TEE is false, debuggable, or runs something else", () => {
  test("a vendor nobody knows, and a simulated one on mainnet: profile_unknown", async () => {
    await refuses(bundleOf(), "profile_unknown", { profiles: hardwareProfiles });
    await refuses(bundleOf(), "profile_unknown", under({ networkId: -239 }));
  });
  test("a root of one's own under the vendor's name: chain_untrusted", async () => {
    const pinned = { ...simulatedProfile, rootKeyId: "00".repeat(48) };
    await refuses(bundleOf(), "chain_untrusted", { profiles: [pinned] });
  });
  test("a guest that its host can debug: debug_enabled", async () => {
    await refuses(bundleOf({ quote: { tdAttributes: (1n << 28n) | 1n } }), "debug_enabled");
  });
  test("an image that the root contract does not list: image_unknown", async () => {
    await refuses(bundleOf({}, claims, "worker-2"), "image_unknown");
  });
});

suite("attack 6: collateral of yesterday", () => {
  test("lists of a year ago: crl_invalid", async () => {
    const listsExpireAtMs = nowMs - 365 * dayMs;
    const lists = { listsIssuedAtMs: listsExpireAtMs - 30 * dayMs, listsExpireAtMs };
    await refuses(bundleOf({ collateral: lists }), "crl_invalid");
  });
  test("one edition below the floor: collateral_rollback", async () => {
    const evaluationNumber = policy.tcbEvaluationFloor - 1;
    await refuses(bundleOf({ collateral: { evaluationNumber } }), "collateral_rollback");
  });
  test("older than the policy allows: collateral_expired", async () => {
    await refuses(
      bundleOf({ collateral: { issuedAtMs: nowMs - 8 * dayMs } }),
      "collateral_expired",
      under({ collateralAgeMsMax: 7 * dayMs }),
    );
  });
  test("a revoked platform, and one out of date: certificate_revoked, tcb_out_of_date", async () => {
    await refuses(bundleOf({ collateral: { revoked: "platform" } }), "certificate_revoked");
    await refuses(bundleOf({ collateral: { status: "OutOfDate" } }), "tcb_out_of_date");
  });
});

suite("attack 7: a key that was taken out of a machine", () => {
  test("a line of processors whose seed is out: platform_banned", () => {
    const query = { teeType: amdSevMilan.teeType, kinds: ["sev-snp"], networkId: -239 } as const;
    assert.throws(() => findProfile(hardwareProfiles, query), { code: "platform_banned" });
  });
  test("a machine that governance bans: platform_banned", async () => {
    const bannedPlatforms = new Set([vendor.platformId]);
    await refuses(bundleOf(), "platform_banned", under({ bannedPlatforms }));
  });
});

suite("attack 8: another GPU, or one out of confidential mode", async () => {
  const gpu = await createSimulatedGpu({ nowMs: () => nowMs });
  const nonce = gpuNonce(claims.identityKey, new Uint8Array(32).fill(0xc3));
  const shown = await gpu.attest(nonce);
  const showing = (evidence: typeof shown, gpuHash = gpuEvidenceHash(evidence)) =>
    bundleOf({ gpu: evidence }, { ...claims, gpuEvidenceHash: gpuHash });
  const measurements = new Map<string, AllowedImage>([
    ...policy.measurements,
    [simulatedGpuMeasurementsHash, { teeType: shown.teeType, role: "worker" }],
  ]);
  const withGpu = {
    ...under({ measurements }),
    profiles: [simulatedProfile, simulatedGpuProfile],
  };

  test("evidence that is left out or put in: gpu_evidence_invalid", async () => {
    const left = bundleOf({}, { ...claims, gpuEvidenceHash: gpuEvidenceHash(shown) });
    await refuses(left, "gpu_evidence_invalid", withGpu);
    await refuses(showing(shown, noHash), "gpu_evidence_invalid", withGpu);
  });
  test("asked by somebody else: gpu_nonce_mismatch", async () => {
    await refuses(showing(await gpu.attest(new Uint8Array(32))), "gpu_nonce_mismatch", withGpu);
  });
  test("with other firmware: gpu_firmware_mismatch", async () => {
    const devices = [await gpu.device({ nonce, firmwareId: new Uint8Array(48) })];
    await refuses(showing({ ...shown, devices }), "gpu_firmware_mismatch", withGpu);
  });
  test("with measurements that are not listed: gpu_measurements_unknown", async () => {
    const unlisted = { ...withGpu, policy };
    await refuses(showing(shown), "gpu_measurements_unknown", unlisted);
  });
});

suite("attack 9: another model, or other weights", () => {
  test("that is not the one asked for: manifest_mismatch", async () => {
    const manifestHash = "d5".repeat(32);
    const listed = under({
      models: new Map([...policy.models, [manifestHash, { name: "b", contextTokens: 1 }]]),
    });
    await refuses(bundleOf({}, { ...claims, manifestHash }), "manifest_mismatch", listed);
  });
  test("that nobody listed: manifest_unknown", async () => {
    const manifestHash = "d5".repeat(32);
    await refuses(bundleOf({}, { ...claims, manifestHash }), "manifest_unknown");
  });
});

suite("attack 17: an old list of what is allowed", () => {
  test("a policy that was read too long ago, or in the future: policy_stale", async () => {
    await refuses(bundleOf(), "policy_stale", under({ readAtMs: nowMs - policy.ageMaxMs - 1 }));
    await refuses(bundleOf(), "policy_stale", under({ readAtMs: nowMs + hourMs }));
  });
});

suite("attack 21: one thing inside another", () => {
  test("a certificate that holds the text of another is read as itself", async () => {
    const { quote } = parseBundle(await bundleOf());
    const text = new TextDecoder("latin1").decode(quote);
    const pem = text.slice(text.indexOf("-----BEGIN"), text.lastIndexOf("-----END") + 26);
    const [leaf = new Uint8Array(), authority = new Uint8Array()] = parsePemCertificates(pem, 3);
    // What Node makes of bytes in which a PEM text stands: the certificate in the text.
    const hiding = Buffer.concat([leaf, utf8(`\n${encodePemCertificates(authority)}`)]);
    assert.match(new X509Certificate(hiding).subject, /PCK Platform CA/);
    assert.throws(() => parseCertificate(hiding), { code: "certificate_malformed" });
    assert.equal(parseCertificate(leaf).commonName, "Intel SGX PCK Certificate");
  });
  test("nothing but tests reads a certificate with Node's parser", () => {
    const using = listSources().filter(
      ({ path, text }) => path.startsWith("packages/") && text.includes("new X509Certificate("),
    );
    const sources = using.map(({ path }) => path).filter((path) => !path.includes(".test."));
    assert.deepEqual(sources, []);
  });
});
