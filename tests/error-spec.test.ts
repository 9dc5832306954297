import assert from "node:assert/strict";
import { test } from "node:test";
import { errorSpec } from "../tools/error-spec.ts";
import { idlePage } from "../tools/idle-page.ts";
import { readText } from "./files.ts";

test("spec/9-errors.md is what npm run spec writes from the error table", () => {
  assert.equal(readText("spec/9-errors.md"), errorSpec(), "run npm run spec");
});

test("docs/idle-reasons.md is what npm run spec writes from the table of reasons", () => {
  assert.equal(readText("docs/idle-reasons.md"), idlePage(), "run npm run spec");
});
