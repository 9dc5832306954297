import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { nanotons, nanotonsMax } from "../units/index.ts";
import {
  encodeVoucher,
  parseVoucher,
  signVoucher,
  verifyVoucher,
  voucherBytes,
  voucherDigest,
} from "./voucher.ts";

type VoucherVectors = {
  readonly networkId: number;
  readonly sessionSeed: string;
  readonly sessionKey: string;
  readonly channel: string;
  readonly cumulative: string;
  readonly digest: string;
  readonly signature: string;
  readonly vouchers: readonly {
    readonly name: string;
    readonly bytes: string;
    readonly error: string | null;
  }[];
};
const file = new URL("../../../../vectors/voucher.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as VoucherVectors;
const sessionKey = fromHex(vectors.sessionKey) ?? new Uint8Array();
const key = createSigningKey(fromHex(vectors.sessionSeed) ?? new Uint8Array());

/** What a payee says of voucher bytes: null, or a code. */
function judge(bytes: Uint8Array): string | null {
  try {
    const isSigned = verifyVoucher(sessionKey, vectors.networkId, parseVoucher(bytes));
    return isSigned ? null : "voucher_signature_invalid";
  } catch (error) {
    assert.ok(error instanceof CocoonError, "only CocoonError may leave a parser");
    return error.code;
  }
}

for (const { name, bytes, error } of vectors.vouchers) {
  test(`parseVoucher() and verifyVoucher() on ${name}: ${error ?? "accepted"}`, () => {
    assert.equal(judge(fromHex(bytes) ?? new Uint8Array()), error);
  });
}

test("verifyVoucher() is false, not an exception, for an address or amount that cannot be", () => {
  const good = signVoucher(key, vectors.networkId, vectors.channel, nanotons(5n));
  const verify = (changed: object) =>
    verifyVoucher(sessionKey, vectors.networkId, { ...good, ...changed });
  assert.ok(verify({}));
  assert.equal(verify({ channel: "EQ..." }), false);
  assert.equal(verify({ cumulative: -1n }), false);
  assert.equal(verify({ cumulative: nanotonsMax + 1n }), false);
  assert.equal(verify({ signature: new Uint8Array(3) }), false);
});

test("voucherDigest() and signVoucher() give the vector's bytes", () => {
  const cumulative = nanotons(BigInt(vectors.cumulative));
  const digest = voucherDigest(vectors.networkId, vectors.channel, cumulative);
  assert.equal(toHex(digest), vectors.digest);
  const voucher = signVoucher(key, vectors.networkId, vectors.channel, cumulative);
  assert.equal(toHex(voucher.signature), vectors.signature);
});

test("encodeVoucher() and parseVoucher() are each other's inverse", () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));
  fc.assert(
    fc.property(
      fc.constantFrom("0", "-1"),
      hash,
      fc.bigInt(0n, nanotonsMax),
      (workchain, account, cumulative) => {
        const voucher = signVoucher(key, -3, `${workchain}:${account}`, nanotons(cumulative));
        const bytes = encodeVoucher(voucher);
        assert.equal(bytes.length, voucherBytes);
        assert.deepEqual(parseVoucher(bytes), voucher);
        assert.ok(verifyVoucher(sessionKey, -3, voucher));
      },
    ),
    { numRuns: 30 },
  );
});

test("verifyVoucher() never accepts a voucher with one flipped byte", () => {
  const bytes = encodeVoucher(
    signVoucher(key, vectors.networkId, vectors.channel, nanotons(123_456_789n)),
  );
  for (const index of bytes.keys()) {
    const altered = Uint8Array.from(bytes);
    altered[index] = (altered[index] ?? 0) ^ 0x80;
    assert.notEqual(judge(altered), null);
  }
});
