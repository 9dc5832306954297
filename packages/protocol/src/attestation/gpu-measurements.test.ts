import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8 } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";
import {
  encodeGpuMeasurements,
  gpuMeasurementsHash,
  type GpuMeasurementSet,
  matchesGpuMeasurements,
  parseGpuMeasurements,
} from "./gpu-measurements.ts";
import type { GpuReport } from "./gpu-report.ts";

const set: GpuMeasurementSet = {
  driver: "550.90.07",
  vbios: "96",
  measurements: [
    { index: 1, values: ["aa", "bb"] },
    { index: 7, values: [] },
  ],
};
const text = encodeGpuMeasurements(set);
const refused = { code: "gpu_evidence_malformed" };

test("parseGpuMeasurements() refuses what is no set", () => {
  for (const bad of ["", "[]", "null", "{}", '{"driver":1}', text.replace('"vbios":"96",', "")]) {
    assert.throws(() => parseGpuMeasurements(bad), refused, bad);
  }
});

test("parseGpuMeasurements() refuses indexes out of order or range, and values that are no lower-case hex", () => {
  for (const [from, to] of [
    ['"index":7', '"index":1'],
    ['"index":7', '"index":0'],
    ['"index":7', '"index":256'],
    ['"aa"', '"AA"'],
    ['"aa"', '"a"'],
    ['"aa"', '""'],
    ['"aa"', "1"],
    ['"aa"', `"${"aa".repeat(65)}"`],
  ] as const) {
    assert.throws(() => parseGpuMeasurements(text.replace(from, to)), refused, to);
  }
});

test("parseGpuMeasurements() refuses another spelling of the same set", () => {
  for (const other of [
    `${text} `,
    text.replace("{", '{"more":1,'),
    text.replace("550", "\\u003550"),
  ]) {
    assert.throws(() => parseGpuMeasurements(other), refused, other);
  }
  assert.deepEqual(parseGpuMeasurements(text), set);
});

test("gpuMeasurementsHash() is the SHA-256 of the text", () => {
  assert.equal(gpuMeasurementsHash(text), toHex(primitives.sha256(utf8(text))));
});

test("matchesGpuMeasurements() asks for the versions, all indexes, no others, and an allowed value in each", () => {
  const report = (changes: Partial<GpuReport>): GpuReport => {
    return {
      driver: set.driver,
      vbios: set.vbios,
      measurements: new Map([
        [1, "bb"],
        [7, "anything"],
      ]),
      nonce: new Uint8Array(32),
      firmwareId: "",
      signed: new Uint8Array(),
      signature: new Uint8Array(),
      ...changes,
    };
  };
  const matches = (changes: Partial<GpuReport>) => matchesGpuMeasurements(report(changes), set);
  assert.equal(matches({}), true);
  assert.equal(matches({ driver: "550.90.08" }), false);
  assert.equal(matches({ vbios: "97" }), false);
  for (const entries of [
    [[1, "bb"]],
    [
      [1, "cc"],
      [7, ""],
    ],
    [
      [1, "bb"],
      [8, ""],
    ],
    [
      [1, "bb"],
      [7, ""],
      [8, ""],
    ],
  ] as const) {
    assert.equal(matches({ measurements: new Map(entries) }), false);
  }
});
