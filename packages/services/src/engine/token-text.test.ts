import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { TokenText } from "./token-text.ts";

/** A tokenizer whose tokens are bytes. */
const detokenize = (tokens: readonly number[]) => new TextDecoder().decode(Uint8Array.from(tokens));

function textOf(bytes: Iterable<number>): { readonly pieces: string[]; readonly end: string } {
  const text = new TokenText(detokenize);
  return { pieces: Array.from(bytes, (byte) => text.push(byte)), end: text.end() };
}

test("TokenText.push() gives a character only when its last byte is there", () => {
  const { pieces, end } = textOf(new TextEncoder().encode("é😀a"));
  assert.deepEqual(pieces, ["", "é", "", "", "", "😀", "a"]);
  assert.equal(end, "");
});

test("TokenText.end() leaves out a character that the end cut off", () => {
  const { pieces, end } = textOf([0x61, 0xf0, 0x9f]);
  assert.deepEqual([...pieces, end], ["a", "", "", ""]);
});

test("TokenText.push() does not wait forever for bytes that are no character", () => {
  const { pieces } = textOf(Array.from({ length: 9 }, () => 0x80));
  assert.equal(pieces[7], "\uFFFD".repeat(8));
});

test("TokenText.push() shows the detokenizer the last tokens before", () => {
  const seen: Array<readonly number[]> = [];
  const text = new TokenText((_, before) => {
    seen.push(before);
    return "x";
  });
  for (const token of [1, 2, 3, 4, 5]) text.push(token);
  assert.deepEqual(seen, [[], [1], [1, 2], [1, 2, 3], [2, 3, 4]]);
});

test("TokenText loses nothing of any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (whole) => {
      const bytes = new TextEncoder().encode(whole);
      const { pieces, end } = textOf(bytes);
      assert.equal(
        pieces.join("") + end,
        new TextDecoder("utf-8").decode(bytes).replace(/\uFFFD+$/, ""),
      );
    }),
    { numRuns: 200 },
  );
});
