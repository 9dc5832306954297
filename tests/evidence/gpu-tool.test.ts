// GPU evidence from a program, as NVIDIA's tool prints it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { createSimulatedGpu, simulatedGpuMeasurements } from "@cocoon/devnet";
import { encodeGpuEvidence, parseGpuReport, toHex } from "@cocoon/protocol";
import { gpuCommandDefault, gpuTool, runProgram, type RunProgram } from "@cocoon/services";

const nonce = new Uint8Array(32).fill(0xab);
const hex = "ab".repeat(32);
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
const measurements = simulatedGpuMeasurements;

const printing =
  (output: string): RunProgram =>
  () =>
    Promise.resolve(output);

suite("gpuTool()", () => {
  test("asks NVIDIA's tool with the nonce, and takes the evidence of each GPU", async () => {
    const gpu = await createSimulatedGpu({ nowMs: Date.now });
    const { report, chain } = await gpu.device({ nonce });
    const evidence = { arch: "HOPPER", nonce: hex, evidence: base64(report) };
    // As some tools spell it: other line ends, other line lengths.
    const spelled = chain.replaceAll("\n", "\r\n");
    const shown = { ...evidence, certificate: base64(spelled) };
    const asked: string[][] = [];
    const run: RunProgram = (program, args) => {
      asked.push([program, ...args]);
      return Promise.resolve(JSON.stringify({ evidences: [shown, shown], result_code: 0 }));
    };
    const tool = gpuTool({ command: gpuCommandDefault, measurements, run });
    const { devices, ...rest } = await tool.attest(nonce);
    assert.deepEqual(asked, [
      ["nvattest", "collect-evidence", "--device", "gpu", "--nonce", hex, "--format", "json"],
    ]);
    assert.deepEqual(rest, { teeType: 0x4e564701, measurements });
    assert.deepEqual(devices, [
      { report, chain },
      { report, chain },
    ]);
  });

  test("runs a program of the operator's, without a shell", async () => {
    const script = `console.log(JSON.stringify({evidences: [{evidence: Buffer.from(process.argv[1]).toString("base64"),
      certificate: "${base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")}"}]}))`;
    const command = [process.execPath, "-e", script, "$(id) {nonce}"];
    const { devices } = await gpuTool({ command, measurements, run: runProgram }).attest(nonce);
    assert.equal(Buffer.from(devices[0]?.report ?? []).toString(), `$(id) ${hex}`);
  });

  const certificate = base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const bad: readonly (readonly [string, string, string])[] = [
    ["nothing", "", "evidence_unavailable"],
    ["no JSON", "GPU 0: ok", "evidence_unavailable"],
    ["no list", "{}", "evidence_unavailable"],
    ["no GPU", '{"evidences": []}', "evidence_unavailable"],
    [
      "nine GPUs",
      JSON.stringify({ evidences: Array.from({ length: 9 }, () => ({})) }),
      "evidence_unavailable",
    ],
    ["no report", JSON.stringify({ evidences: [{ certificate }] }), "evidence_unavailable"],
    [
      "a report that is too large",
      JSON.stringify({ evidences: [{ certificate, evidence: base64(new Uint8Array(20_000)) }] }),
      "evidence_unavailable",
    ],
    [
      "a chain that is no PEM",
      JSON.stringify({ evidences: [{ certificate: base64("chain"), evidence: "AA==" }] }),
      "evidence_unavailable",
    ],
  ];
  for (const [what, output, code] of bad) {
    test(`refuses ${what}: ${code}`, async () => {
      const tool = gpuTool({ command: ["tool"], measurements, run: printing(output) });
      await assert.rejects(tool.attest(nonce), { code });
    });
  }

  test("says whether the tool is missing or failed", async () => {
    const missing = gpuTool({ command: ["cocoon-no-such-tool"], measurements, run: runProgram });
    await assert.rejects(missing.attest(nonce), /not installed/);
    const command = [process.execPath, "-e", "process.exit(3)"];
    const failing = gpuTool({ command, measurements, run: runProgram });
    await assert.rejects(failing.attest(nonce), /the GPU tool failed/);
  });
});

const folder = new URL("../../../shared/vectors/nv/", import.meta.url);
const skip = existsSync(folder) ? false : "no ../shared/vectors beside the project";

test(
  "gpuTool() carries a recorded Hopper report and its chain as a bundle wants them",
  { skip },
  async () => {
    const text = (name: string) => readFileSync(new URL(name, folder), "utf8").trim();
    const report = Uint8Array.from(Buffer.from(text("hopperAttestationReport.txt"), "hex"));
    const shown = { evidence: base64(report), certificate: base64(text("hopperCertChain.txt")) };
    const run = printing(JSON.stringify({ evidences: [shown] }));
    const evidence = await gpuTool({ command: ["tool"], measurements, run }).attest(nonce);
    const [device] = evidence.devices;
    assert.equal(parseGpuReport(device?.report ?? report).driver, "550.90.07");
    assert.equal(toHex(device?.report ?? new Uint8Array()), toHex(report));
    assert.ok(encodeGpuEvidence(evidence).length > report.length);
  },
);
