// GPU evidence through a program. NVIDIA's nvattest is the default; any program that keeps to the contract below will do.

import {
  type GpuAttester,
  gpuDevicesMax,
  JsonReader,
  nvidiaGpu,
  parseJson,
  toHex,
} from "@cocoon/protocol";
import { respellPem } from "../collateral/index.ts";
import type { RunProgram } from "../machine/index.ts";
import { errnoOf, refuseEvidence } from "./report-source.ts";

/** As NVIDIA documents it ("NVIDIA Attestation CLI", collect-evidence). */
export const gpuCommandDefault: readonly string[] = [
  "nvattest",
  "collect-evidence",
  "--device",
  "gpu",
  "--nonce",
  "{nonce}",
  "--format",
  "json",
];

export type GpuToolOptions = {
  /** Program and arguments; `{nonce}` becomes the nonce, 64 hexadecimal digits. */
  readonly command: readonly string[];
  /** The text that the root contract lists the hash of; see encodeGpuMeasurements. */
  readonly measurements: string;
  readonly run: RunProgram;
};

const reportBytesMax = 16_384;
const code = "evidence_unavailable";

/**
 * The GPUs as a program sees them. Its standard output is one JSON object, `{"evidences": [{"evidence": base64 of the
 * SPDM request and response, "certificate": base64 of the PEM chain, the signer first}, …]}`, one entry for each GPU.
 * Throws evidence_unavailable.
 */
export function gpuTool({ command, measurements, run }: GpuToolOptions): GpuAttester {
  const [program = "", ...args] = command;
  return {
    attest: async (nonce) => {
      const output = await ask(run, program, args, toHex(nonce));
      const devices = readJson(output).objects("evidences", gpuDevicesMax);
      if (devices.length === 0) refuseEvidence("the GPU tool sees no GPU");
      return {
        teeType: nvidiaGpu.teeType,
        measurements,
        devices: devices.map((device) => ({
          report: device.base64("evidence", reportBytesMax),
          chain: respellPem(
            new TextDecoder().decode(device.base64("certificate", reportBytesMax)),
            refuseEvidence,
          ),
        })),
      };
    },
  };
}

async function ask(run: RunProgram, program: string, args: string[], nonce: string) {
  try {
    return await run(
      program,
      args.map((argument) => argument.replaceAll("{nonce}", nonce)),
    );
  } catch (error) {
    const isMissing = errnoOf(error) === "ENOENT";
    return refuseEvidence(
      isMissing ? "the GPU tool is not installed" : "the GPU tool failed",
      error,
    );
  }
}

function readJson(text: string): JsonReader {
  return new JsonReader(parseJson(text, code), code);
}
