import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle, formatSeconds, formatTable, printable, shorten } from "./terminal.ts";

test("formatTable() makes columns as wide as their widest cell and leaves no trailing space", () => {
  const rows = [
    ["A", "LONGER", "LAST"],
    ["wide cell", "b", ""],
  ];
  assert.equal(formatTable(rows), "A          LONGER  LAST\nwide cell  b\n");
  assert.equal(formatTable([]), "");
});

test("printable() keeps lines and takes out what would move the cursor", () => {
  assert.equal(printable("one\n\ttwo\u001B[2J\u0007\u009B1A\r three"), "one\n\ttwo[2J1A three");
});

test("createStyle() leaves texts alone where colours are not wanted", () => {
  const plain = createStyle(false);
  const coloured = createStyle(true);
  for (const paint of ["bold", "dim", "good", "bad"] as const) {
    assert.equal(plain[paint]("text"), "text");
    assert.equal(printable(coloured[paint]("text")).replaceAll(/\[\d+m/g, ""), "text");
    assert.notEqual(coloured[paint]("text"), "text");
  }
});

test("formatSeconds() and shorten() are short", () => {
  assert.equal(formatSeconds(849), "0.8 s");
  assert.equal(shorten("0123456789abc"), "0123456789abc");
  assert.equal(shorten("0123456789abcd"), "0123456789ab…");
});
