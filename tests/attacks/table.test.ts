import assert from "node:assert/strict";
import { test } from "node:test";
import { isErrorCode } from "@cocoon/protocol";
import { readText } from "../files.ts";
import { type Attack, attacks } from "./table.ts";

test("every attack has its number, its codes, and tests that exist", () => {
  assert.deepEqual(
    attacks.map(({ number }) => number),
    Array.from({ length: 22 }, (_, index) => index + 1),
  );
  for (const { number, codes, shown } of attacks) {
    assert.deepEqual(
      codes.filter((code) => !isErrorCode(code)),
      [],
    );
    assert.ok(shown.length > 0, `attack ${number}`);
    for (const [path, title] of shown) {
      const text = readText(path);
      const isTitle = ['"', "`"].some((quote) => text.includes(`${quote}${title}`));
      assert.ok(isTitle, `attack ${number}: no "${title}" in ${path}`);
    }
  }
});

/** A row as SECURITY.md has it, but for the width of its columns. */
function rowOf({ number, attack, codes, shown, left }: Attack): string {
  const refused = codes.map((code) => `\`${code}\``).join(", ");
  const files = [...new Set(shown.map(([path]) => path.replace(/^packages\//, "")))];
  const tests = files.map((path) => `\`${path}\``).join(", ");
  return ["", number, attack, refused, tests, left, ""].join(" | ").trim();
}

test("SECURITY.md has this table", () => {
  const page = readText("SECURITY.md");
  const rows = page.split("\n").filter((line) => /^\| *\d+ *\|/.test(line));
  const narrow = (line: string) => line.replaceAll(/ +/g, " ").trim();
  assert.deepEqual(
    rows.map(narrow),
    attacks.map((attack) => narrow(rowOf(attack))),
  );
});
