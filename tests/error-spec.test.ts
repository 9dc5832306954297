import assert from "node:assert/strict";
import { test } from "node:test";
import { errorSpec } from "../tools/error-spec.ts";
import { readText } from "./files.ts";

test("spec/9-errors.md is what npm run spec writes from the error table", () => {
  assert.equal(readText("spec/9-errors.md"), errorSpec(), "run npm run spec");
});
