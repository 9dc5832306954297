import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { tiers } from "../tier/index.ts";
import { nanotons } from "../units/index.ts";
import { encodeReceipt, parseReceipt, receiptBytes, unsignedReceiptBytes } from "./layout.ts";
import { finishReasons, type ReceiptFields, receiptId } from "./receipt.ts";
import { matchReceipt, type ReceiptExpectation, signReceipt, verifyReceipt } from "./signature.ts";

type ReceiptVectors = {
  readonly identitySeed: string;
  readonly identityKey: string;
  readonly receipt: string;
  readonly receipts: readonly {
    readonly name: string;
    readonly bytes: string;
    readonly error: string | null;
  }[];
};
const file = new URL("../../../../vectors/receipt.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as ReceiptVectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const identityKey = bytesOf(vectors.identityKey);
const key = createSigningKey(bytesOf(vectors.identitySeed));
const good = bytesOf(vectors.receipt);

/** What a verifier says of receipt bytes: null, or a code. */
function judge(bytes: Uint8Array): string | null {
  try {
    verifyReceipt(bytes, identityKey);
    return null;
  } catch (error) {
    assert.ok(error instanceof CocoonError, "only CocoonError may leave a verifier");
    return error.code;
  }
}

for (const { name, bytes, error } of vectors.receipts) {
  test(`verifyReceipt() on ${name}: ${error ?? "accepted"}`, () => {
    assert.equal(judge(bytesOf(bytes)), error);
  });
}

test("verifyReceipt() never accepts a receipt with one flipped bit", () => {
  for (const index of good.keys()) {
    const altered = Uint8Array.from(good);
    altered[index] = (altered[index] ?? 0) ^ (1 << (index % 8));
    assert.notEqual(judge(altered), null);
  }
});

test("verifyReceipt() refuses a key of the wrong size as a wrong signature", () => {
  assert.throws(() => verifyReceipt(good, identityKey.subarray(1)), {
    code: "receipt_signature_invalid",
  });
});

test("parseReceipt() gives values that stay when its input is overwritten", () => {
  const input = Uint8Array.from(good);
  const receipt = parseReceipt(input);
  input.fill(0);
  assert.equal(toHex(receipt.requestId), "a1".repeat(16));
  assert.equal(receiptId(receipt), "a1".repeat(16));
});

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const perMillion = fc.bigInt(0n, 10n ** 15n).map((amount) => nanotons(amount));
const usage = fc
  .tuple(u32, u32, fc.option(fc.nat(1_000)))
  .map(([promptTokens, completionTokens, cached]) =>
    cached === null || cached > promptTokens
      ? { promptTokens, completionTokens }
      : { promptTokens, cachedTokens: cached, completionTokens },
  );
const receiptFields: fc.Arbitrary<ReceiptFields> = fc.record(
  {
    requestId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    headerHash: hash,
    claimsHash: hash,
    manifestHash: hash,
    channel: hash.map((bytes) => `0:${toHex(bytes)}`),
    sequence: fc.maxSafeNat(),
    tier: fc.constantFrom(...tiers),
    usage,
    terms: fc.record(
      {
        promptPerMillion: perMillion,
        completionPerMillion: perMillion,
        feeBps: fc.integer({ min: 0, max: 10_000 }),
      },
      { noNullPrototype: true },
    ),
    requestHash: hash,
    answerHash: hash,
    chunkCount: u32,
    startedAtMs: fc.nat(),
    finishedAtMs: fc.integer({ min: 2 ** 31, max: 2 ** 53 - 1 }),
    finishReason: fc.constantFrom(...finishReasons),
    contentCommitment: hash,
  },
  { noNullPrototype: true },
);

test("signReceipt(), verifyReceipt() and encodeReceipt() agree on any receipt", () => {
  fc.assert(
    fc.property(receiptFields, (fields) => {
      const bytes = signReceipt(key, fields);
      assert.equal(bytes.length, receiptBytes);
      const { signature, workNanotons, feeNanotons, ...rest } = verifyReceipt(bytes, identityKey);
      assert.deepEqual(rest, fields);
      assert.deepEqual(
        encodeReceipt(rest, { workNanotons, feeNanotons }),
        bytes.subarray(0, unsignedReceiptBytes),
      );
      assert.deepEqual(signature, bytes.subarray(unsignedReceiptBytes));
    }),
    { numRuns: 40 },
  );
});

test("parseReceipt() lets nothing but CocoonError out, whatever the bytes", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: receiptBytes, maxLength: receiptBytes }),
      fc.nat(receiptBytes),
      (noise, kept) => {
        const bytes = Uint8Array.from(good);
        bytes.set(noise.subarray(kept), kept);
        judge(bytes);
      },
    ),
    { numRuns: 100 },
  );
});

test("matchReceipt() names the first field that is not as expected", () => {
  const receipt = verifyReceipt(good, identityKey);
  const other = new Uint8Array(32);
  const wrong: readonly (readonly [string, ReceiptExpectation])[] = [
    ["requestId", { requestId: new Uint8Array(16) }],
    ["headerHash", { headerHash: other }],
    ["claimsHash", { claimsHash: other }],
    ["manifestHash", { manifestHash: other }],
    ["channel", { channel: `0:${"00".repeat(32)}` }],
    ["sequence", { sequence: 8 }],
    ["tier", { tier: "open" }],
    ["requestHash", { requestHash: other }],
    ["answerHash", { answerHash: other }],
    ["chunkCount", { chunkCount: 11 }],
    ["finishReason", { finishReason: "length" }],
    ["contentCommitment", { contentCommitment: other }],
    ["workNanotons", { workNanotons: nanotons(1n) }],
    ["promptPerMillion", { terms: { ...receipt.terms, promptPerMillion: nanotons(1n) } }],
    ["completionPerMillion", { terms: { ...receipt.terms, completionPerMillion: nanotons(1n) } }],
    ["feeBps", { terms: { ...receipt.terms, feeBps: 1 } }],
  ];
  for (const [field, expected] of wrong) {
    assert.throws(() => matchReceipt(receipt, expected), {
      code: "receipt_mismatch",
      details: { field },
    });
  }
  const { usage: _usage, signature: _signature, ...whole } = receipt;
  matchReceipt(receipt, whole);
  matchReceipt(receipt, {});
});
