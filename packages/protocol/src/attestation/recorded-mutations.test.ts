// Real evidence with one byte changed, at random but the same in every run: none is accepted, and nothing but a refusal comes
// out. COCOON_MUTATIONS sets how many changes each part gets; 10,000 take minutes.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, textOf, utf8 } from "../bytes/index.ts";
import { encodePemCertificates, parsePemCertificates } from "../der/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { encodeGpuMeasurements } from "./gpu-measurements.ts";
import { parseGpuReport } from "./gpu-report.ts";
import { verifyGpus } from "./gpu.ts";
import { amdSevMilan, intelTdx, nvidiaGpu } from "./profile.ts";
import { parseSevChain, verifySevChain } from "./sev-collateral.ts";
import { requireGenuineReport } from "./sev.ts";
import { openTdxCollateral } from "./tdx-collateral.ts";
import { normalizeTdxCollateral } from "./tdx-collateral-parts.ts";
import { verifyTdxQuote } from "./tdx.ts";

const folder = new URL("../../../../../shared/vectors/", import.meta.url);
const skip = existsSync(folder) ? false : "no ../shared/vectors beside the project";
const count = Number(globalThis.process?.env["COCOON_MUTATIONS"] ?? 150);

const sample = (name: string) => Uint8Array.from(readFileSync(new URL(name, folder)));
const readText = (name: string) => readFileSync(new URL(name, folder), "utf8");

/** One part of recorded evidence, and the verification of what it belongs to when the part is these bytes. */
type Part = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly verify: (bytes: Uint8Array) => Promise<unknown>;
  /** Where the part is refused as it is. */
  readonly refusedAs?: ErrorCode;
};

/** Text that is not UTF-8 is refused where a bundle is read. */
function textOrRefuse(bytes: Uint8Array): string {
  const decoded = textOf(bytes);
  if (decoded === undefined) throw new CocoonError("bundle_malformed");
  return decoded;
}

async function tdxParts(quoteName: string, collateralName: string, day: string): Promise<Part[]> {
  const nowMs = Date.parse(day);
  const quote = sample(quoteName);
  const collateral = normalizeTdxCollateral(readText(collateralName));
  const opened = await openTdxCollateral(collateral, intelTdx, nowMs);
  return [
    {
      name: quoteName,
      bytes: quote,
      verify: (bytes) => verifyTdxQuote(bytes, opened, intelTdx, nowMs),
    },
    {
      name: `${collateralName} of ${quoteName}`,
      bytes: utf8(collateral),
      verify: async (bytes) => {
        const changed = await openTdxCollateral(textOrRefuse(bytes), intelTdx, nowMs);
        return verifyTdxQuote(quote, changed, intelTdx, nowMs);
      },
    },
  ];
}

/** Quotes that are refused as they are: no change makes them good. */
async function refusedParts(): Promise<Part[]> {
  const nowMs = Date.parse("2026-02-25");
  const text = normalizeTdxCollateral(readText("tdx_quote_outdated_collateral.json"));
  const opened = await openTdxCollateral(text, intelTdx, nowMs);
  const verify = (bytes: Uint8Array) => verifyTdxQuote(bytes, opened, intelTdx, nowMs);
  return [
    {
      name: "tdx_quote_outdated",
      bytes: sample("tdx_quote_outdated"),
      verify,
      refusedAs: "tcb_unknown",
    },
    { name: "sgx_quote", bytes: sample("sgx_quote"), verify, refusedAs: "quote_malformed" },
  ];
}

async function sevParts(): Promise<Part[]> {
  const nowMs = Date.parse("2022-09-25");
  const authorities = parsePemCertificates(readText("gsev/milan.testcer"), 2);
  const chain = encodePemCertificates(sample("gsev/vcek.testcer"), ...authorities);
  const report = sample("gsev/attestation.bin");
  const certify = (pem: string) => verifySevChain(parseSevChain(pem), amdSevMilan, nowMs);
  const certified = await certify(chain);
  return [
    {
      name: "gsev/attestation.bin",
      bytes: report,
      verify: (bytes) => requireGenuineReport(bytes, certified, amdSevMilan),
    },
    {
      name: "chain of gsev/attestation.bin",
      bytes: utf8(chain),
      verify: async (bytes) =>
        requireGenuineReport(report, await certify(textOrRefuse(bytes)), amdSevMilan),
    },
  ];
}

function gpuParts(): Part[] {
  const report = fromHex(readText("nv/hopperAttestationReport.txt").trim()) ?? assert.fail("hex");
  const chain = `${readText("nv/hopperCertChain.txt").trim()}\n`;
  const { driver, vbios, measurements: measured, nonce } = parseGpuReport(report);
  const rows = [...measured].map(([index, value]) => ({ index, values: [value] }));
  const measurements = encodeGpuMeasurements({ driver, vbios, measurements: rows });
  const context = { profile: nvidiaGpu, nonce, nowMs: Date.parse("2026-02-25") };
  const show = (device: { report: Uint8Array; chain: string }, set = measurements) =>
    verifyGpus({ teeType: nvidiaGpu.teeType, measurements: set, devices: [device] }, context);
  return [
    {
      name: "nv/hopperAttestationReport.txt",
      bytes: report,
      verify: (bytes) => show({ report: bytes, chain }),
    },
    {
      name: "nv/hopperCertChain.txt",
      bytes: utf8(chain),
      verify: async (bytes) => show({ report, chain: textOrRefuse(bytes) }),
    },
    {
      name: "the measurements of nv/hopperAttestationReport.txt",
      bytes: utf8(measurements),
      verify: async (bytes) => show({ report, chain }, textOrRefuse(bytes)),
    },
  ];
}

/** A small linear congruential generator, which gives whole numbers below a limit. */
function seededNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

async function refuseEveryChange({ bytes, verify, refusedAs }: Part): Promise<void> {
  if (refusedAs === undefined) await verify(bytes);
  else await assert.rejects(verify(bytes), { code: refusedAs });
  const next = seededNumbers(20_260_225);
  for (let change = 0; change < count; change += 1) {
    const at = next(bytes.length);
    const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 + next(255)));
    await assert.rejects(async () => verify(changed), CocoonError, `byte ${at} is ${changed[at]}`);
  }
}

const parts = skip
  ? []
  : [
      ...(await tdxParts("cocoon_quote.dat", "tdx_quote_outdated_collateral.json", "2026-02-25")),
      ...(await tdxParts("tdx_quote", "tdx_quote_collateral.json", "2025-06-20")),
      ...(await refusedParts()),
      ...(await sevParts()),
      ...gpuParts(),
    ];

test("recorded evidence is there to be changed", { skip }, () => {
  assert.equal(parts.length, 11);
});

for (const part of parts) {
  test(`the verifiers refuse ${part.name} with any one byte changed`, async () => {
    await refuseEveryChange(part);
  });
}
