// Golden measurements of a GPU: which firmware and driver the network allows. They travel with the evidence; the root
// contract lists their hash, so that a client needs no vendor's signed manifests and no XML.

import { toHex, utf8 } from "../bytes/index.ts";
import { JsonReader, parseJson } from "../codec/index.ts";
import { primitives } from "../primitives/index.ts";
import { type GpuReport, refuseGpu } from "./gpu-report.ts";

/** What a report must say to be of this set. */
export type GpuMeasurementSet = {
  /** As in GpuReport. */
  readonly driver: string;
  readonly vbios: string;
  /** By ascending index: the allowed values, lower-case hex; with none any value is. Every index of a report is here. */
  readonly measurements: readonly GpuMeasurementRow[];
};

export type GpuMeasurementRow = { readonly index: number; readonly values: readonly string[] };

const rowsMax = 255;
const valuesMax = 8;
const versionLengthMax = 64;
const valueLengthMax = 128;

/** The one text of a set, which its hash is over: members in the order of the type, no white space. */
export function encodeGpuMeasurements({ driver, vbios, measurements }: GpuMeasurementSet): string {
  const rows = measurements.map(({ index, values }) => ({ index, values }));
  return JSON.stringify({ driver, vbios, measurements: rows });
}

/** Throws gpu_evidence_malformed, also for another spelling of the same set. */
export function parseGpuMeasurements(text: string): GpuMeasurementSet {
  const code = "gpu_evidence_malformed";
  const json = new JsonReader(parseJson(text, code), code);
  const set = {
    driver: json.string("driver", versionLengthMax),
    vbios: json.string("vbios", versionLengthMax),
    measurements: json.objects("measurements", rowsMax).map((row) => ({
      index: row.uint("index", 255),
      values: row.strings("values", valuesMax).map(requireHex),
    })),
  };
  const indexes = set.measurements.map(({ index }) => index);
  if (indexes.some((index, at) => index <= (indexes[at - 1] ?? -1))) refuseGpu("order of indexes");
  if (encodeGpuMeasurements(set) !== text) refuseGpu("spelling");
  return set;
}

function requireHex(value: string): string {
  if (value.length > valueLengthMax || !/^(?:[0-9a-f]{2})+$/.test(value)) refuseGpu("value");
  return value;
}

/** What the root contract lists in place of an image hash: SHA-256 of the set's text, hex. */
export function gpuMeasurementsHash(text: string): string {
  return toHex(primitives.sha256(utf8(text)));
}

/** Whether a report has the versions of a set, no index that the set lacks, and in each index an allowed value. */
export function matchesGpuMeasurements(report: GpuReport, set: GpuMeasurementSet): boolean {
  const { measurements } = set;
  return (
    report.driver === set.driver &&
    report.vbios === set.vbios &&
    report.measurements.size === measurements.length &&
    measurements.every(({ index, values }) => {
      const value = report.measurements.get(index);
      return value !== undefined && (values.length === 0 || values.includes(value));
    })
  );
}
