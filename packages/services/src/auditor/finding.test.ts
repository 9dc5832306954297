import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError } from "@cocoon/protocol";
import * as fc from "fast-check";
import { encodeFinding, type Evidence, type Finding, findingId, parseFinding } from "./finding.ts";

const log = `0:${"ab".repeat(32)}`;
const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const signature = new Uint8Array(64).fill(9);
const head = { kind: "checkpoint", size: 3, root: hash(1), signature } as const;
const anchor = { ...head, kind: "anchor", timestampSeconds: 1_800_000_000 } as const;
const leaf = (byte: number) => ({ leaf: hash(byte), proof: [hash(3), hash(4)] });
const identity = { identityKey: hash(5), notAfterSeconds: 1_900_000_000, signature };
const receipt = new Uint8Array(385).fill(6);
const promise = new Uint8Array(148).fill(7);

const evidences: readonly Evidence[] = [
  { kind: "contradiction", contradiction: { first: head } },
  {
    kind: "contradiction",
    contradiction: {
      first: head,
      second: anchor,
      difference: { index: 2, first: leaf(1), second: leaf(2) },
    },
  },
  { kind: "brokenPromise", broken: { promise } },
  { kind: "brokenPromise", broken: { promise, shown: leaf(1) } },
  { kind: "brokenPromise", broken: { promise, shown: { ...leaf(1), head } } },
  { kind: "doubleReceipt", first: receipt, second: receipt },
  { kind: "doubleReceipt", first: receipt, second: receipt, bonded: { bond: log, identity } },
  { kind: "observation", facts: { size: 3, note: "text" } },
];
const findingOf = (evidence: Evidence): Finding => ({
  id: findingId("equivocation", log, "3"),
  code: "equivocation",
  log,
  networkId: -7239,
  foundAtMs: 1_800_000_000_000,
  evidence,
});

test("parseFinding() refuses with proof_malformed, whatever it is fed", () => {
  const texts = evidences.map((evidence) => encodeFinding(findingOf(evidence)));
  const mutated = fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.string({ maxLength: 3 }))
    .map(([text, place, piece]) => {
      const at = place % text.length;
      return text.slice(0, at) + piece + text.slice(at + piece.length + 1);
    });
  fc.assert(
    fc.property(fc.oneof(fc.string(), mutated), (text) => {
      try {
        parseFinding(text);
      } catch (error) {
        assert.ok(error instanceof CocoonError && error.code === "proof_malformed");
      }
    }),
    { numRuns: 300 },
  );
  const short = encodeFinding(findingOf(evidences[2] ?? assert.fail())).replace("BwcH", "");
  assert.throws(() => parseFinding(short), { code: "proof_malformed" });
});

test("parseFinding() reads every kind of evidence as encodeFinding() wrote it", () => {
  for (const evidence of evidences) {
    assert.deepEqual(parseFinding(encodeFinding(findingOf(evidence))), findingOf(evidence));
  }
});

test("findingId() tells codes, logs and subjects apart", () => {
  const other = `0:${"cd".repeat(32)}`;
  const ids = [
    findingId("equivocation", log, "3"),
    findingId("inconsistency", log, "3"),
    findingId("equivocation", other, "3"),
    findingId("equivocation", log, "4"),
  ];
  assert.equal(new Set(ids).size, ids.length);
});
