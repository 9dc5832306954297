import { errorTable, idleTable } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { arabic } from "./arabic.ts";
import { japanese } from "./japanese.ts";
import type { Reasons } from "./reasons.ts";

const languages: readonly (readonly [string, Reasons, RegExp])[] = [
  ["Arabic", arabic, /\p{Script=Arabic}/u],
  ["Japanese", japanese, /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u],
];
/** What is typed or looked up as it stands, in any language. */
const verbatim = /--\w[\w-]*|\bcocoon [a-z]+|\w+\.\w+(?:[\w./]*\w)?|\w+_\w+|creditWindowNanotons/g;

for (const [name, { errors, idle }, script] of languages) {
  test(`every code that the page can show has its sentence in ${name}`, () => {
    assert.deepEqual(Object.keys(errors), Object.keys(errorTable));
    assert.deepEqual(Object.keys(idle), Object.keys(idleTable));
    for (const sentence of [...Object.values(errors), ...Object.values(idle).flat()]) {
      assert.match(sentence, script);
    }
  });

  test(`a remedy in ${name} names the same commands, options and files`, () => {
    for (const [code, { remedy }] of Object.entries(idleTable)) {
      const [, translated] = idle[code as keyof typeof idle]; // oxlint-disable-line no-unsafe-type-assertion -- a key of the table
      for (const [command] of remedy.matchAll(verbatim)) {
        assert.ok(translated.includes(command), `${code} lacks ${command}`);
      }
    }
  });
}
