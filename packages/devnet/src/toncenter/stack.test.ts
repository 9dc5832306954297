import { CocoonError } from "@cocoon/protocol";
import { beginCell, Cell, type TupleItem } from "@ton/core";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { entryOf, pairOf, parseStack } from "./stack.ts";

const cell = fc.nat().map((value) => beginCell().storeUint(value, 32).endCell());
const int = fc.bigInt(-(2n ** 256n) + 1n, 2n ** 256n - 1n);
const leaf: fc.Arbitrary<TupleItem> = fc.oneof(
  int.map((value): TupleItem => ({ type: "int", value })),
  cell.map((value): TupleItem => ({ type: "cell", cell: value })),
  cell.map((value): TupleItem => ({ type: "slice", cell: value })),
  fc.constant<TupleItem>({ type: "null" }),
);
const item = fc.letrec<{ item: TupleItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .array(tie("item"), { minLength: 1, maxLength: 3 })
      .map((items): TupleItem => ({ type: "tuple", items })),
  ),
})).item;

/** As text, so that equal cells compare as equal. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (part instanceof Cell) return part.hash().toString("hex");
    return typeof part === "bigint" ? `${part}` : part;
  });
}

test("parseStack() reads back what pairOf() and entryOf() write", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 4 }), (items) => {
      for (const rendered of [items.map(pairOf), items.map(entryOf)]) {
        const written: unknown = JSON.parse(JSON.stringify(rendered));
        assert.equal(plain(parseStack(written)), plain(items));
      }
    }),
    { numRuns: 50 },
  );
});

test("parseStack() throws nothing but request_malformed for any JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        parseStack([value]);
      } catch (error) {
        assert.ok(error instanceof CocoonError && error.code === "request_malformed");
      }
    }),
  );
});

test("parseStack() refuses tuples that nest too deeply", () => {
  let nested: unknown = [];
  for (let depth = 0; depth < 40; depth += 1) nested = [["tuple", { elements: nested }]];
  assert.throws(() => parseStack(nested), CocoonError);
});
