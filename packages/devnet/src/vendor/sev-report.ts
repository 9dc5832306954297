import {
  concatBytes,
  primitives,
  sevImageHash,
  type SevMeasurements,
  sevProductLines,
  sevReportBytes,
  type SevTcb,
  utf8,
} from "@cocoon/protocol";
import type { SevAuthorities, SevSigner } from "./sev-authorities.ts";
import { simulatedSevProfiles, type SimulatedSevProduct } from "./sev-root.ts";

/** What a report says; a field left out is as a verifier wants it. */
export type SevReportOptions = {
  /** Names the simulated image. */
  readonly measurement: string;
  /** 64 bytes. */
  readonly reportData: Uint8Array;
  readonly version?: 2 | 3 | 4 | 5;
  /** Guest policy. Default: SMT allowed, and the bit that is always one. Bit 19 is DEBUG. */
  readonly policy?: bigint;
  /** Default: ECC, and the check of memory aliases is complete. */
  readonly platformInfo?: bigint;
  readonly vmpl?: number;
  readonly signer?: SevSigner;
  readonly tcb?: SevTcb;
  /** Default: the machine's. */
  readonly chipId?: Uint8Array;
  readonly cpuFamily?: number;
};

/** 16 characters that no hash begins with: a person who looks at the measurement sees what it is. */
const mark = utf8("COCOON-SIMULATED");

/** Launch measurement of a simulated guest: a mark and the SHA-256 of the image's name. No host data. */
function simulatedSevMeasurements(measurement: string): SevMeasurements {
  return {
    measurement: concatBytes(mark, primitives.sha256(utf8(measurement))),
    hostData: new Uint8Array(32),
  };
}

/** Image hash of a simulated guest, hex, as the root contract of a devnet lists it. */
export function simulatedSevImageHash(product: SimulatedSevProduct, measurement: string): string {
  const { teeType } = simulatedSevProfiles[product];
  return sevImageHash(teeType, simulatedSevMeasurements(measurement));
}

const cpus = { Genoa: { family: 0x19, model: 0x11 }, Turin: { family: 0x1a, model: 0x02 } };
const smtAllowed = 1n << 16n;
const alwaysOne = 1n << 17n;
const eccEnabled = 1n << 2n;
const aliasCheckComplete = 1n << 5n;
const signedBytes = 0x2a0;

/** Signs a report; the layout is drawn above parseSevReport of the protocol. */
export async function createSevReport(
  { product, platformKey, chipId, tcb }: SevAuthorities,
  options: SevReportOptions,
): Promise<Uint8Array> {
  const { version = 3, policy = smtAllowed | alwaysOne, vmpl = 0, signer = "SEV-VCEK" } = options;
  const { platformInfo = eccEnabled | aliasCheckComplete } = options;
  const { measurement, hostData } = simulatedSevMeasurements(options.measurement);
  const report = new Uint8Array(sevReportBytes);
  const view = new DataView(report.buffer);
  view.setUint32(0, version, true);
  view.setBigUint64(0x08, policy, true);
  view.setUint32(0x30, vmpl, true);
  view.setUint32(0x34, 1, true);
  view.setBigUint64(0x40, platformInfo, true);
  view.setUint32(0x48, signer === "SEV-VLEK" ? 1 << 2 : 0, true);
  report.set(options.reportData, 0x50);
  report.set(measurement, 0x90);
  report.set(hostData, 0xc0);
  const versions = encodeTcb(product, options.tcb ?? tcb);
  for (const offset of [0x38, 0x180, 0x1e0, 0x1f0]) report.set(versions, offset);
  const { family, model } = cpus[product];
  if (version > 2) report.set([options.cpuFamily ?? family, model, 1], 0x188);
  report.set(options.chipId ?? chipId, 0x1a0);
  const signature = await platformKey.sign(report.subarray(0, signedBytes));
  report.set(signature.slice(0, 48).toReversed(), signedBytes);
  report.set(signature.slice(48).toReversed(), signedBytes + 72);
  return report;
}

function encodeTcb(product: SimulatedSevProduct, tcb: SevTcb): Uint8Array {
  const bytes = new Uint8Array(8);
  const { tcbOffsets } = sevProductLines[product];
  for (const part of ["fmc", "bootloader", "tee", "snp", "microcode"] as const) {
    const offset = tcbOffsets[part];
    if (offset !== undefined) bytes[offset] = tcb[part];
  }
  return bytes;
}
