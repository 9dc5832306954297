// A real GPU's report with its chain, from a folder beside the project that is not part of it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex } from "../bytes/index.ts";
import type { GpuDeviceEvidence } from "./gpu-evidence.ts";
import { encodeGpuMeasurements } from "./gpu-measurements.ts";
import { parseGpuReport } from "./gpu-report.ts";
import { requireGenuineGpu, verifyGpus } from "./gpu.ts";
import { nvidiaGpu } from "./profile.ts";

const folder = new URL("../../../../../shared/vectors/nv/", import.meta.url);
const skip = existsSync(folder) ? false : "no ../shared/vectors beside the project";
const text = (name: string) => readFileSync(new URL(name, folder), "utf8");

/** The report is recorded as hex, the chain without its last line break. */
function readDevice(): GpuDeviceEvidence {
  const report = fromHex(text("hopperAttestationReport.txt").trim());
  return { report: report ?? assert.fail("hex"), chain: `${text("hopperCertChain.txt").trim()}\n` };
}

const nowMs = Date.parse("2026-02-25T00:00:00Z");
const context = { profile: nvidiaGpu, nowMs };

test("requireGenuineGpu() accepts a real Hopper GPU", { skip }, async () => {
  const { report, platformId, keyIds } = await requireGenuineGpu(readDevice(), context);
  assert.equal(report.driver, "550.90.07");
  assert.equal(report.vbios, "009f009601000000");
  assert.equal(report.measurements.size, 64);
  assert.equal(platformId.length, 64);
  assert.equal(keyIds.at(-1), nvidiaGpu.rootKeyId);
});

test(
  "verifyGpus() accepts a real GPU for its own nonce and measurements alone",
  { skip },
  async () => {
    const device = readDevice();
    const { driver, vbios, measurements: measured, nonce } = parseGpuReport(device.report);
    const measurements = [...measured].map(([index, value]) => ({ index, values: [value] }));
    const set = { driver, vbios, measurements };
    const verify = (changes: object, asked: Uint8Array) =>
      verifyGpus(
        {
          teeType: nvidiaGpu.teeType,
          measurements: encodeGpuMeasurements({ ...set, ...changes }),
          devices: [device],
        },
        { ...context, nonce: asked },
      );
    assert.equal((await verify({}, nonce)).platformIds.length, 1);
    await assert.rejects(verify({}, new Uint8Array(32)), { code: "gpu_nonce_mismatch" });
    const otherwise = { code: "gpu_measurement_mismatch" };
    await assert.rejects(verify({ driver: "545.00.00" }, nonce), otherwise);
    await assert.rejects(verify({ vbios: "00" }, nonce), otherwise);
    await assert.rejects(verify({ measurements: measurements.slice(1) }, nonce), otherwise);
    const wrong = measurements.map((row) => ({ ...row, values: ["00".repeat(48)] }));
    await assert.rejects(verify({ measurements: wrong }, nonce), otherwise);
  },
);

test(
  "requireGenuineGpu() refuses a real GPU under another root, and a chain in another spelling",
  { skip },
  async () => {
    const device = readDevice();
    const other = { ...context, profile: { ...nvidiaGpu, rootKeyId: "00".repeat(48) } };
    await assert.rejects(requireGenuineGpu(device, other), { code: "chain_untrusted" });
    const chain = device.chain.trimEnd();
    await assert.rejects(requireGenuineGpu({ ...device, chain }, context), {
      code: "gpu_evidence_malformed",
    });
  },
);
