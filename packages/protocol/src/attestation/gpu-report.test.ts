import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { parseGpuReport } from "./gpu-report.ts";

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const block = (index: number, value: number) => bytes(index, 1, 5, 0, 1, 2, 0, value, value);
const field = (kind: number, text: string) =>
  concatBytes(bytes(kind, 0, text.length, 0), utf8(text));

type Parts = {
  readonly head: Uint8Array;
  readonly response: Uint8Array;
  readonly blocks: readonly Uint8Array[];
  readonly opaque: readonly Uint8Array[];
  readonly signature: Uint8Array;
};

const usual: Parts = {
  head: bytes(0x11, 0xe0, 0x01, 0xff),
  response: bytes(0x11, 0x60, 0, 0),
  blocks: [block(1, 7), block(2, 8)],
  opaque: [field(3, "550.90.07\0"), field(6, "\u0001"), field(20, "\u0002")],
  signature: new Uint8Array(96).fill(9),
};

function reportOf(changes: Partial<Parts> = {}): Uint8Array {
  const { head, response, blocks, opaque, signature } = { ...usual, ...changes };
  const record = concatBytes(...blocks);
  const fields = concatBytes(...opaque);
  return concatBytes(
    head,
    new Uint8Array(32).fill(3),
    bytes(0),
    response,
    bytes(blocks.length, record.length, 0, 0),
    record,
    new Uint8Array(32).fill(4),
    bytes(fields.length, 0),
    fields,
    signature,
  );
}

const refused = { code: "gpu_evidence_malformed" };

test("parseGpuReport() refuses what is cut or followed by anything", () => {
  const report = reportOf();
  for (let size = 0; size < report.length; size += 1) {
    assert.throws(() => parseGpuReport(report.subarray(0, size)), refused, `${size} bytes`);
  }
  assert.throws(() => parseGpuReport(concatBytes(report, bytes(0))), refused);
});

test("parseGpuReport() refuses another request, response, slot or specification", () => {
  for (const at of [0, 1, 2, 3]) {
    assert.throws(() => parseGpuReport(reportOf({ head: usual.head.with(at, 0x10) })), refused);
  }
  for (const at of [0, 1, 3]) {
    const response = usual.response.with(at, 0x12);
    assert.throws(() => parseGpuReport(reportOf({ response })), refused);
  }
  assert.throws(() => parseGpuReport(reportOf().with(36, 1)), refused);
  assert.throws(() => parseGpuReport(reportOf({ blocks: [block(1, 7).with(1, 2)] })), refused);
});

test("parseGpuReport() refuses measurements or fields that come twice, and sizes that disagree", () => {
  assert.throws(() => parseGpuReport(reportOf({ blocks: [block(1, 7), block(1, 7)] })), refused);
  const opaque = [field(3, "a"), field(3, "a")];
  assert.throws(() => parseGpuReport(reportOf({ opaque })), refused);
  assert.throws(() => parseGpuReport(reportOf({ blocks: [block(1, 7).with(5, 1)] })), refused);
  assert.throws(() => parseGpuReport(reportOf().with(41, 1)), refused);
});

test("parseGpuReport() reads what it says, and nothing where a field is absent", () => {
  const report = parseGpuReport(reportOf());
  assert.deepEqual(report.nonce, new Uint8Array(32).fill(3));
  assert.deepEqual(
    [...report.measurements],
    [
      [1, "0707"],
      [2, "0808"],
    ],
  );
  assert.equal(report.driver, "550.90.07");
  assert.equal(report.vbios, "01");
  assert.equal(report.firmwareId, "02");
  assert.deepEqual(report.signature, usual.signature);
  assert.deepEqual(concatBytes(report.signed, report.signature), reportOf());
  const bare = parseGpuReport(reportOf({ opaque: [] }));
  assert.deepEqual([bare.driver, bare.vbios, bare.firmwareId], ["", "", ""]);
});

test("parseGpuReport() throws nothing but CocoonError on any bytes", () => {
  const report = reportOf();
  fc.assert(
    fc.property(fc.nat(report.length), fc.uint8Array({ maxLength: 300 }), (size, rest) => {
      try {
        parseGpuReport(concatBytes(report.subarray(0, size), rest));
      } catch (error) {
        assert.ok(error instanceof CocoonError);
      }
    }),
    { numRuns: 500 },
  );
});
