// Whatever a stranger sends, a parser says what it is or refuses it with a code. FUZZ_RUNS=20000 for longer.

import { CocoonError } from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, changes } from "./change.ts";
import { foreignParsers } from "./parsers.ts";

const numRuns = Number(process.env["FUZZ_RUNS"] ?? "150");

for (const { name, parse, seeds } of foreignParsers) {
  test(`the parser of a ${name} throws nothing but a code, whatever the bytes`, () => {
    assert.ok(seeds.length > 0);
    const seed = fc.constantFrom(...seeds);
    fc.assert(
      fc.property(seed, changes, (bytes, all) => {
        const before = changed(bytes, all);
        const given = before.slice();
        try {
          parse(given);
        } catch (error) {
          assert.ok(error instanceof CocoonError, String(error));
        }
        assert.deepEqual(given, before, "it changed its bytes");
      }),
      { numRuns },
    );
  });
}
