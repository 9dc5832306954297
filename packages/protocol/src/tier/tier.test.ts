import assert from "node:assert/strict";
import { test } from "node:test";
import { operatorNotice, tierDefault, tiers, tierSatisfies, tierStatements } from "./index.ts";

test("operatorNotice() says in so many words that an operator can read, on every tier where one can", () => {
  for (const tier of ["dev", "open"] as const) {
    assert.match(operatorNotice(tier) ?? "", /operator can read prompts and answers/);
  }
  assert.equal(operatorNotice("confidential"), undefined);
  assert.equal(operatorNotice("confidential-gpu"), undefined);
});

test("tierDefault is one whose operators cannot read, and statements go into a header", () => {
  assert.equal(tierDefault, "confidential");
  assert.deepEqual(
    tiers.filter((tier) => tierSatisfies(tier, tierDefault)),
    ["confidential", "confidential-gpu"],
  );
  for (const statement of Object.values(tierStatements)) assert.match(statement, /^[\x20-\x7e]+$/);
});
