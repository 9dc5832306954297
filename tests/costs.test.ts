import assert from "node:assert/strict";
import { test } from "node:test";
import { costsPage, readGasTable } from "../tools/costs.ts";
import { readText } from "./files.ts";

test("docs/costs.md is what npm run costs writes from the gas table", () => {
  assert.equal(readText("docs/costs.md"), costsPage(readGasTable()), "run npm run costs");
});
