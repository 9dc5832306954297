import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex, utf8 } from "../bytes/index.ts";
import { commitContent, type ContentOpening, verifyOpening } from "./content.ts";

type ContentVectors = {
  readonly salt: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly commitment: string;
  readonly answerSalt: string;
  readonly digests: readonly string[];
};
const file = new URL("../../../../vectors/receipt.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const { content } = JSON.parse(readFileSync(file, "utf8")) as { content: ContentVectors };
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const salt = bytesOf(content.salt);
const fields = Object.fromEntries(
  Object.entries(content.fields).map(([name, value]) => [name, bytesOf(value)]),
);

function openingOf(name: string): { commitment: Uint8Array; opening: ContentOpening } {
  const { commitment, openings } = commitContent(salt, fields);
  const opening = openings.get(name);
  assert.ok(opening !== undefined);
  return { commitment, opening };
}

test("commitContent() refuses a short salt, no fields, too many and names that are not plain", () => {
  const many = Object.fromEntries(Array.from({ length: 256 }, (_, index) => [`f${index}`, salt]));
  assert.throws(() => commitContent(salt.subarray(1), fields), RangeError);
  assert.throws(() => commitContent(salt, {}), RangeError);
  assert.throws(() => commitContent(salt, many), RangeError);
  for (const name of ["", "Answer", "a b", "x".repeat(33)]) {
    assert.throws(() => commitContent(salt, { [name]: salt }), RangeError);
  }
});

test("verifyOpening() refuses another name, value, salt, commitment and malformed openings", () => {
  const { commitment, opening } = openingOf("answer");
  const wrong: readonly ContentOpening[] = [
    { ...opening, name: "request" },
    { ...opening, name: "ANSWER" },
    { ...opening, value: utf8("other") },
    { ...opening, salt: new Uint8Array(32) },
    { ...opening, salt: new Uint8Array(31) },
    { ...opening, digests: [] },
    { ...opening, digests: opening.digests.toReversed() },
    { ...opening, digests: opening.digests.slice(0, 1) },
    { ...opening, digests: [...opening.digests, new Uint8Array(32)] },
    { ...opening, digests: [...opening.digests, new Uint8Array(31)] },
    { ...opening, digests: Array.from({ length: 300 }, () => new Uint8Array(32)) },
  ];
  for (const bad of wrong) assert.equal(verifyOpening(commitment, bad), false);
  assert.equal(verifyOpening(new Uint8Array(32), opening), false);
  assert.ok(verifyOpening(commitment, opening));
});

test("commitContent() gives the vector's commitment and the answer's own salt", () => {
  const { commitment, opening } = openingOf("answer");
  assert.equal(toHex(commitment), content.commitment);
  assert.equal(toHex(opening.salt), content.answerSalt);
  assert.deepEqual(
    opening.digests.map((digest) => toHex(digest)),
    content.digests,
  );
});

test("commitContent() does not depend on the order in which fields are named", () => {
  const reversed = Object.fromEntries(Object.entries(fields).toReversed());
  assert.deepEqual(
    commitContent(salt, reversed).commitment,
    commitContent(salt, fields).commitment,
  );
});

test("commitContent() opens every field of any content, and no opening holds another's salt", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9_]{1,32}$/), {
    minLength: 1,
    maxLength: 16,
  });
  fc.assert(
    fc.property(names, fc.uint8Array({ maxLength: 64 }), (chosen, value) => {
      const { commitment, openings } = commitContent(
        salt,
        Object.fromEntries(chosen.map((name) => [name, value])),
      );
      const salts = new Set<string>();
      for (const name of chosen) {
        const opening = openings.get(name);
        assert.ok(opening !== undefined && verifyOpening(commitment, opening));
        salts.add(toHex(opening.salt));
      }
      assert.equal(salts.size, chosen.length);
    }),
    { numRuns: 30 },
  );
});
