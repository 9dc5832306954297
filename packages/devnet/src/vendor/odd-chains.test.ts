// Chains that the real roots would never sign, but that must not be accepted if they did.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  basicConstraints,
  encodePemCertificates,
  encodeSevCollateral,
  type ErrorCode,
  fromHex,
  type GpuEvidence,
  gpuEvidenceHash,
  gpuNonce,
  keyUsage,
  type Policy,
  toHex,
  verifyBundle,
} from "@cocoon/protocol";
import { createSimulatedBundle } from "./bundle.ts";
import {
  type Authority,
  certify,
  type CertifierKey,
  nameOf,
  signRevocationList,
} from "./certify.ts";
import {
  claims,
  measurement,
  nowMs,
  options,
  policy,
  refuses,
  vendor,
} from "./evidence-fixture.test.ts";
import {
  createGpuReport,
  type GpuReportOptions,
  simulatedGpuMeasurements,
  simulatedGpuMeasurementsHash,
} from "./gpu-report.ts";
import { importSimulatedGpuRoot, simulatedGpuProfile, simulatedGpuRootName } from "./gpu-root.ts";
import { compositeDeviceId } from "./gpu-vendor.ts";
import { simulatedProfile } from "./root.ts";
import { createRsaKey } from "./rsa-key.ts";
import { platformExtensions, type SevAuthorities, simulatedSevTcb } from "./sev-authorities.ts";
import { createSevReport, type SevReportOptions, simulatedSevImageHash } from "./sev-report.ts";
import { importSimulatedSevRoot, simulatedSevProfiles, simulatedSevRootName } from "./sev-root.ts";
import { createVendorKey } from "./vendor-key.ts";

const validity = { notBeforeMs: nowMs - 86_400_000, notAfterMs: nowMs + 86_400_000 };
const serial = Uint8Array.of(7);
const rootSerial = Uint8Array.of(8);
const authorityExtensions = [basicConstraints(true), keyUsage("keyCertSign", "crlSign")];

const sevRoot = { name: nameOf(simulatedSevRootName), key: await importSimulatedSevRoot() };
const sevRootDer = await certify(sevRoot, {
  ...sevRoot,
  ...validity,
  serial: rootSerial,
  extensions: authorityExtensions,
});
const authorityKey = await createRsaKey();
const platformKey = await createVendorKey("P-384");
const chipId = new Uint8Array(64).fill(6);

/** A Genoa machine whose certificates have these names and further extensions of the leaf. */
async function sevBundle(
  authorityName: string,
  leafName: string,
  more: readonly Uint8Array[] = [],
  revoked: readonly Uint8Array[] = [],
): Promise<Uint8Array> {
  const authority = { name: nameOf(authorityName), key: authorityKey };
  const authorityDer = await certify(sevRoot, {
    ...authority,
    ...validity,
    serial,
    extensions: authorityExtensions,
  });
  const leafDer = await certify(authority, {
    ...validity,
    name: nameOf(leafName),
    key: platformKey,
    serial,
    extensions: [...platformExtensions("Genoa", simulatedSevTcb, chipId), ...more],
  });
  const times = { issuedAtMs: nowMs - 1_000, expiresAtMs: nowMs + 60_000 };
  const collateral = encodeSevCollateral({
    chain: encodePemCertificates(leafDer, authorityDer, sevRootDer),
    crl: toHex(await signRevocationList(sevRoot, times, revoked)),
  });
  const machine: SevAuthorities = {
    product: "Genoa",
    root: sevRoot,
    authoritySerial: serial,
    chipId,
    tcb: simulatedSevTcb,
    platformKey,
    chains: { "SEV-VCEK": "", "SEV-VLEK": "" },
  };
  const quote = (asked: SevReportOptions) => createSevReport(machine, asked);
  return createSimulatedBundle(
    { profile: simulatedSevProfiles.Genoa, quote, collateral: async () => collateral },
    { claims, measurement },
  );
}

const { teeType } = simulatedSevProfiles.Genoa;
const genoaImage = simulatedSevImageHash("Genoa", measurement);
const sevOptions = {
  ...options,
  profiles: [simulatedSevProfiles.Genoa],
  policy: {
    ...policy,
    measurements: new Map([[genoaImage, { teeType, role: "worker" as const }]]),
  },
};
const refusesSev = (bundle: Promise<Uint8Array>, code: ErrorCode) =>
  refuses(bundle, code, sevOptions);

test("verifyBundle() accepts a chain with AMD's names, until its revocation list expires", async () => {
  const worker = await verifyBundle(await sevBundle("SEV-Genoa", "SEV-VCEK"), sevOptions);
  assert.equal(worker.platformId, toHex(chipId));
  assert.equal(worker.expiresAtMs, nowMs + 60_000);
});

test("verifyBundle() refuses authorities and keys of platforms by other names", async () => {
  await refusesSev(sevBundle("SEV-VLEK-Genoa", "SEV-VCEK"), "chain_untrusted");
  await refusesSev(sevBundle("SEV-Turin", "SEV-VCEK"), "chain_untrusted");
  await refusesSev(sevBundle("SEV-Genoa", "SEV-VLEK"), "chain_untrusted");
  await refusesSev(sevBundle("SEV-Genoa", "SEV-Genoa"), "chain_untrusted");
});

test("verifyBundle() refuses a root, or an authority, that stands on the root's own list", async () => {
  for (const revoked of [rootSerial, serial]) {
    await refusesSev(sevBundle("SEV-Genoa", "SEV-VCEK", [], [revoked]), "certificate_revoked");
  }
});

test("verifyBundle() refuses a platform's key that is an authority", async () => {
  const more = [basicConstraints(true)];
  await refusesSev(sevBundle("SEV-Genoa", "SEV-VCEK", more), "chain_untrusted");
});

const gpuRoot = { name: nameOf(simulatedGpuRootName), key: await importSimulatedGpuRoot() };
const device = { name: nameOf("device"), key: await createVendorKey("P-384") };
const signerKey = await createVendorKey("P-384");
const nonce = gpuNonce(claims.identityKey, fromHex(claims.anchorRootHash) ?? assert.fail());

const gpuValidity = { ...validity, notAfterMs: nowMs + 30_000 };

/** A GPU whose signer has these extensions, with so many authorities between its device and the root. */
async function gpuBundle(
  extensions: readonly Uint8Array[],
  between = 0,
  told: Partial<GpuReportOptions> = {},
  createKey: () => Promise<CertifierKey> = () => createVendorKey("P-384"),
): Promise<Uint8Array> {
  const shared = { ...gpuValidity, serial, extensions: authorityExtensions };
  const ders = [await certify(gpuRoot, { ...gpuRoot, ...shared })];
  let issuer: Authority = gpuRoot;
  for (let depth = 0; depth < between; depth += 1) {
    const next = { name: nameOf(`authority ${depth}`), key: await createKey() };
    ders.unshift(await certify(issuer, { ...next, ...shared }));
    issuer = next;
  }
  ders.unshift(await certify(issuer, { ...device, ...shared }));
  const signer = { ...gpuValidity, serial, name: nameOf("signer"), key: signerKey, extensions };
  ders.unshift(await certify(device, signer));
  const report = await createGpuReport(signerKey, { nonce, ...told });
  const gpu: GpuEvidence = {
    teeType: simulatedGpuProfile.teeType,
    measurements: simulatedGpuMeasurements,
    devices: [{ report, chain: encodePemCertificates(...ders) }],
  };
  const claimed = { ...claims, gpuEvidenceHash: gpuEvidenceHash(gpu) };
  return createSimulatedBundle(vendor, { claims: claimed, measurement, gpu });
}

const gpuMeasurements: Policy["measurements"] = new Map([
  ...policy.measurements,
  [simulatedGpuMeasurementsHash, { teeType: simulatedGpuProfile.teeType, role: "worker" }],
]);
const gpuOptions = {
  ...options,
  profiles: [simulatedProfile, simulatedGpuProfile],
  policy: { ...policy, measurements: gpuMeasurements },
};
const signs = keyUsage("digitalSignature");
const firmware = compositeDeviceId(device.key);

test("verifyBundle() accepts GPU chains of three to six certificates, and no others", async () => {
  for (const between of [0, 3]) {
    const worker = await verifyBundle(await gpuBundle([signs, firmware], between), gpuOptions);
    assert.equal(worker.expiresAtMs, gpuValidity.notAfterMs);
  }
  await refuses(gpuBundle([signs, firmware], 4), "gpu_evidence_malformed", gpuOptions);
});

test("verifyBundle() refuses a GPU's signer that may not sign, is an authority, or names no firmware", async () => {
  await refuses(gpuBundle([firmware]), "chain_untrusted", gpuOptions);
  await refuses(gpuBundle([keyUsage("keyCertSign"), firmware]), "chain_untrusted", gpuOptions);
  const authority = [signs, basicConstraints(true), firmware];
  await refuses(gpuBundle(authority), "chain_untrusted", gpuOptions);
  await refuses(gpuBundle([signs]), "gpu_firmware_mismatch", gpuOptions);
  const silent = { firmwareId: new Uint8Array() };
  await refuses(gpuBundle([signs], 0, silent), "gpu_firmware_mismatch", gpuOptions);
  const sha256 = compositeDeviceId(device.key, "2.16.840.1.101.3.4.2.1");
  await refuses(gpuBundle([signs, sha256]), "gpu_firmware_mismatch", gpuOptions);
});

test("verifyBundle() refuses a GPU's chain in which an authority has an RSA key", async () => {
  const bundle = gpuBundle([signs, firmware], 1, {}, createRsaKey);
  await refuses(bundle, "chain_untrusted", gpuOptions);
});
