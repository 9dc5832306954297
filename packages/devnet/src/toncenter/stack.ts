// Stacks of get methods in the two dialects of toncenter's API: pairs such as ["num", "0x1f"] (runGetMethod) and
// tonlib's typed entries (runGetMethodStd), which the first dialect also uses inside tuples.

import { fromBase64 } from "@cocoon/protocol";
import type { Cell, TupleItem } from "@ton/core";
import { parseBoc } from "../ledger/index.ts";
import { refuse } from "./params.ts";
import type { Json } from "./shapes.ts";

const depthMax = 16;
const itemsMax = 255;
/** TVM integers have 257 bits with the sign. */
const intLimit = 2n ** 256n;

/** One result item as a pair. A null is an empty list there. */
export function pairOf(item: TupleItem): readonly [string, unknown] {
  switch (item.type) {
    case "int":
      return ["num", hexNumber(item.value)];
    case "nan":
      return ["num", "NaN"];
    case "cell":
    case "slice":
    case "builder":
      return [item.type, { bytes: base64Of(item.cell) }];
    case "tuple":
      return ["tuple", tupleOf(item.items)];
    case "null":
      return ["list", { "@type": "tvm.list", elements: [] }];
  }
}

/** One result item as a typed entry. */
export function entryOf(item: TupleItem): Json {
  switch (item.type) {
    case "int":
      return numberEntry(item.value.toString());
    case "nan":
      return numberEntry("NaN");
    case "cell":
      return {
        "@type": "tvm.stackEntryCell",
        cell: { "@type": "tvm.cell", bytes: base64Of(item.cell) },
      };
    case "slice":
    case "builder":
      return {
        "@type": "tvm.stackEntrySlice",
        slice: { "@type": "tvm.slice", bytes: base64Of(item.cell) },
      };
    case "tuple":
      return { "@type": "tvm.stackEntryTuple", tuple: tupleOf(item.items) };
    case "null":
      return { "@type": "tvm.stackEntryList", list: { "@type": "tvm.list", elements: [] } };
  }
}

/** Reads a stack of pairs or typed entries, mixed as they come. Throws request_malformed. */
export function parseStack(stack: unknown, depth = 0): TupleItem[] {
  if (!Array.isArray(stack) || stack.length > itemsMax || depth > depthMax) throw refuse("stack");
  return stack.map((item: unknown) =>
    Array.isArray(item) ? parsePair(item, depth) : parseEntry(fieldsOf(item), depth),
  );
}

function parsePair(pair: readonly unknown[], depth: number): TupleItem {
  const [type, value] = pair;
  switch (type) {
    case "num":
    case "int":
      return parseInteger(value);
    case "tvm.Cell":
    case "cell":
      return { type: "cell", cell: parseCell(value) };
    case "tvm.Slice":
    case "slice":
      return { type: "slice", cell: parseCell(value) };
    case "tvm.Builder":
    case "builder":
      return { type: "builder", cell: parseCell(value) };
    case "tuple":
    case "list":
      return parseTuple(fieldsOf(value)["elements"], depth);
    case "null":
      return { type: "null" };
    default:
      throw refuse("stack");
  }
}

function parseEntry(entry: Json, depth: number): TupleItem {
  switch (entry["@type"]) {
    case "tvm.stackEntryNumber":
      return parseInteger(fieldsOf(entry["number"])["number"]);
    case "tvm.stackEntryCell":
      return { type: "cell", cell: parseCell(entry["cell"]) };
    case "tvm.stackEntrySlice":
      return { type: "slice", cell: parseCell(entry["slice"]) };
    case "tvm.stackEntryTuple":
      return parseTuple(fieldsOf(entry["tuple"])["elements"], depth);
    case "tvm.stackEntryList":
      return parseTuple(fieldsOf(entry["list"])["elements"], depth);
    default:
      throw refuse("stack");
  }
}

function parseTuple(elements: unknown, depth: number): TupleItem {
  const items = parseStack(elements, depth + 1);
  return items.length === 0 ? { type: "null" } : { type: "tuple", items };
}

function parseInteger(value: unknown): TupleItem {
  const text = typeof value === "number" ? String(value) : value;
  const match = typeof text === "string" && /^(-?)(0x[0-9a-f]{1,64}|\d{1,78})$/i.exec(text);
  if (!match) throw refuse("stack");
  const magnitude = BigInt(match[2] ?? "");
  if (magnitude >= intLimit) throw refuse("stack");
  return { type: "int", value: match[1] === "-" ? -magnitude : magnitude };
}

/** A cell in base64, bare or in an object's `bytes`. */
function parseCell(value: unknown): Cell {
  const text = typeof value === "string" ? value : fieldsOf(value)["bytes"];
  const bytes = typeof text === "string" ? fromBase64(text) : undefined;
  if (bytes === undefined) throw refuse("stack");
  return parseBoc(bytes);
}

function fieldsOf(value: unknown): Json {
  if (typeof value !== "object" || value === null) throw refuse("stack");
  return value as Json; // oxlint-disable-line no-unsafe-type-assertion -- checked above
}

function tupleOf(items: readonly TupleItem[]): Json {
  return { "@type": "tvm.tuple", elements: items.map(entryOf) };
}

function numberEntry(number: string): Json {
  return {
    "@type": "tvm.stackEntryNumber",
    number: { "@type": "tvm.numberDecimal", number },
  };
}

function hexNumber(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function base64Of(cell: Cell): string {
  return cell.toBoc().toString("base64");
}
