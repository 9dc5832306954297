// The JSON that Intel's Provisioning Certification Service signs (API v4), and what all of it has in common.

import { fromHex } from "../bytes/index.ts";
import { JsonReader, parseJson } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";

export function refuseCollateral(reason: string): never {
  throw new CocoonError("collateral_invalid", { reason });
}

/** Security version numbers are u8 on a platform, u16 in an enclave. */
const svnMax = 65_535;
const levelsMax = 64;

/** When signed collateral was issued, and until when it is valid. */
export type Edition = {
  readonly issuedAtMs: number;
  readonly nextUpdateMs: number;
  /** Counts the vendor's re-evaluations: a lower one than known before is a rollback. */
  readonly evaluationNumber: number;
};

export function parseVendorJson(text: string): JsonReader {
  return new JsonReader(parseJson(text, "collateral_invalid"), "collateral_invalid");
}

export function readEdition(json: JsonReader): Edition {
  return {
    issuedAtMs: readTime(json, "issueDate"),
    nextUpdateMs: readTime(json, "nextUpdate"),
    evaluationNumber: json.uint("tcbEvaluationDataNumber"),
  };
}

function readTime(json: JsonReader, name: string): number {
  const text = json.string(name, 20);
  const timeMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) refuseCollateral(name);
  // A 30th of February would be read as a day in March.
  if (new Date(timeMs).toISOString() !== text.replace("Z", ".000Z")) refuseCollateral(name);
  return timeMs;
}

/** A version and what the vendor thinks of it. Lists of them go from the newest down. */
export type SvnLevel = {
  readonly svn: number;
  /** "UpToDate" or another word; only that one is ever accepted. */
  readonly status: string;
};

export function readSvnLevel(json: JsonReader): SvnLevel {
  return { svn: json.object("tcb").uint("isvsvn", svnMax), status: readStatus(json) };
}

export function readStatus(json: JsonReader): string {
  return json.string("tcbStatus", 64);
}

export function readLevels<Level>(json: JsonReader, read: (level: JsonReader) => Level): Level[] {
  return json.objects("tcbLevels", levelsMax).map((level) => read(level));
}

/** A value under a mask, as enclave identities give them. */
export type Masked = { readonly value: Uint8Array; readonly mask: Uint8Array };

export function readMasked(json: JsonReader, name: string, sizeBytes: number): Masked {
  return { value: json.hex(name, sizeBytes), mask: json.hex(`${name}Mask`, sizeBytes) };
}

/** Whether bytes equal the value in every bit that the mask has. */
export function matchesMasked(bytes: Uint8Array, { value, mask }: Masked): boolean {
  return mask.every((bits, index) => (((bytes[index] ?? 0) ^ (value[index] ?? 0)) & bits) === 0);
}

/** Lower-case hex of whole bytes, at most this many. */
export function readLowerHex(json: JsonReader, name: string, sizeBytesMax: number): Uint8Array {
  const text = json.string(name, 2 * sizeBytesMax);
  const bytes = /[A-F]/.test(text) ? undefined : fromHex(text);
  if (bytes === undefined) refuseCollateral(name);
  return bytes;
}
