import { errorTable, idleTable } from "@cocoon/protocol";
import { details } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test } from "node:test";
import { arabic } from "./arabic.ts";
import { japanese } from "./japanese.ts";
import type { Reasons } from "./sentences.ts";

const languages: readonly (readonly [string, Reasons, RegExp])[] = [
  ["Arabic", arabic, /\p{Script=Arabic}/u],
  ["Japanese", japanese, /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u],
];
/** What is typed or looked up as it stands, in any language. */
const verbatim = /--\w[\w-]*|\bcocoon [a-z]+|\w+\.\w+(?:[\w./]*\w)?|\w+_\w+|creditWindowNanotons/g;

const factsOf = (template: string): readonly string[] =>
  (template.match(/\{\w+\}/g) ?? []).filter((fact) => fact !== "{statement}").toSorted();

for (const [name, { details: found, errors, idle }, script] of languages) {
  test(`every code that the page can show has its sentence in ${name}`, () => {
    assert.deepEqual(Object.keys(errors).toSorted(), Object.keys(errorTable).toSorted());
    assert.deepEqual(Object.keys(idle).toSorted(), Object.keys(idleTable).toSorted());
    for (const sentence of [...Object.values(errors), ...Object.values(idle).flat()]) {
      assert.match(sentence, script);
    }
  });

  test(`every check says what it found in ${name}, with the same facts`, () => {
    assert.deepEqual(Object.keys(found).toSorted(), Object.keys(details).toSorted());
    for (const [detail, template] of Object.entries(details)) {
      const translated = found[detail as keyof typeof details]; // oxlint-disable-line no-unsafe-type-assertion -- a key of the table
      assert.deepEqual(factsOf(translated), factsOf(template), detail);
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
