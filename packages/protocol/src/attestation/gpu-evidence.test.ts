import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import {
  encodeGpuEvidence,
  type GpuEvidence,
  gpuEvidenceHash,
  gpuNonce,
  parseGpuEvidence,
} from "./gpu-evidence.ts";

const device = { report: Uint8Array.of(1, 2, 3), chain: "chain" };
const gpu: GpuEvidence = { teeType: 0x4e564701, measurements: "{}", devices: [device] };
const encoded = encodeGpuEvidence(gpu);
const refused = { code: "bundle_malformed" };

test("parseGpuEvidence() refuses what is cut, followed by anything, or not UTF-8", () => {
  for (let size = 1; size < encoded.length; size += 1) {
    assert.throws(() => parseGpuEvidence(encoded.subarray(0, size)), refused, `${size} bytes`);
  }
  assert.throws(() => parseGpuEvidence(concatBytes(encoded, Uint8Array.of(0))), refused);
  assert.throws(() => parseGpuEvidence(encoded.with(8, 0xff)), refused);
  assert.throws(() => parseGpuEvidence(encoded.with(encoded.length - 1, 0xff)), refused);
});

test("encodeGpuEvidence() and parseGpuEvidence() refuse no GPU, nine GPUs, and parts above 16 KiB", () => {
  const many = (count: number) => ({
    ...gpu,
    devices: Array.from({ length: count }, () => device),
  });
  assert.throws(() => encodeGpuEvidence(many(0)), refused);
  assert.throws(() => encodeGpuEvidence(many(9)), refused);
  assert.deepEqual(parseGpuEvidence(encodeGpuEvidence(many(8))), many(8));
  assert.throws(() => parseGpuEvidence(encoded.with(10, 0)), refused);
  assert.throws(() => parseGpuEvidence(encoded.with(10, 9)), refused);
  const large = { ...gpu, measurements: "x".repeat(16_385) };
  assert.throws(() => encodeGpuEvidence(large), refused);
  const claimed = Uint8Array.from(encoded);
  claimed.set([0, 0, 0x40, 1], 4);
  assert.throws(() => parseGpuEvidence(claimed), refused);
});

test("encodeGpuEvidence() and parseGpuEvidence() keep every part; no GPU is no bytes", () => {
  assert.deepEqual(parseGpuEvidence(encoded), gpu);
  const drawn = "4e564701 00000002 7b7d 01 00000003 010203 00000005 636861696e";
  assert.equal(toHex(encoded), drawn.replaceAll(" ", ""));
  assert.equal(encodeGpuEvidence(undefined).length, 0);
  assert.equal(parseGpuEvidence(new Uint8Array()), undefined);
});

test("parseGpuEvidence() throws nothing but CocoonError on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
      assert.throws(() => parseGpuEvidence(bytes), CocoonError);
    }),
    { numRuns: 500 },
  );
});

test("gpuEvidenceHash() and gpuNonce() are hashes under names of their own", () => {
  const hash = primitives.sha256(utf8("cocoon/gpu-evidence/1\0"), encoded);
  assert.equal(gpuEvidenceHash(gpu), toHex(hash));
  const [key, root] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  assert.deepEqual(gpuNonce(key, root), primitives.sha256(utf8("cocoon/gpu/1\0"), key, root));
});
