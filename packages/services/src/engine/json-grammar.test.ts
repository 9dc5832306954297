import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, type JsonObject } from "@cocoon/protocol";
import { schemaGrammar } from "./json-grammar.ts";

function refusedKeyword(schema: JsonObject): unknown {
  try {
    schemaGrammar(schema);
  } catch (thrown) {
    assert.ok(thrown instanceof CocoonError && thrown.code === "capability_missing");
    assert.equal(thrown.details["param"], "response_format.json_schema.schema");
    return thrown.details["keyword"];
  }
  throw new Error("it was accepted");
}

const refusedSchemas: ReadonlyArray<readonly [JsonObject, string | undefined]> = [
  [{ type: "string", pattern: "^a" }, "pattern"],
  [{ type: "integer", minimum: 3 }, "minimum"],
  [{ oneOf: [{ type: "string" }] }, "oneOf"],
  [{ type: "colour" }, "type"],
  [{ type: "object", properties: [] }, "properties"],
  [{ type: "object", properties: { a: false } }, "schema"],
  [{ type: "object", properties: { a: {} }, required: ["b"] }, "required"],
  [{ $ref: "#/$defs/none" }, "$ref"],
  [{ $ref: "https://example.org/schema" }, "$ref"],
  [{ $ref: "#", type: "object" }, "type"],
  [{ anyOf: [], title: "t" }, "anyOf"],
  [{ anyOf: [{}], properties: { a: {} } }, "properties"],
  [{ enum: [1], type: "string" }, "enum"],
  [{ enum: [] }, "enum"],
  [{ type: "string", minLength: -1 }, "minLength"],
  [{ type: "string", minLength: 2, maxLength: 1 }, "maxLength"],
  [{ type: "string", maxLength: 1e9 }, "maxLength"],
  [{ type: "array", minItems: 1e9 }, "minItems"],
  [{ "a word of the caller": 1 }, undefined],
];

for (const [schema, keyword] of refusedSchemas) {
  test(`schemaGrammar() refuses ${JSON.stringify(schema)}`, () => {
    assert.equal(refusedKeyword(schema), keyword);
  });
}

test("schemaGrammar() refuses repetitions that only together are too many", () => {
  const text = { type: "string", maxLength: 900 };
  assert.equal(refusedKeyword({ properties: { a: text, b: text, c: text } }), "maxLength");
});

test("schemaGrammar() refuses a schema of more rules than the limit", () => {
  const names = Array.from({ length: 1_100 }, (_, index) => [`p${index}`, {}] as const);
  assert.equal(refusedKeyword({ properties: Object.fromEntries(names) }), "schema");
});

test("schemaGrammar() writes literals that no quote or backslash of the caller can leave", () => {
  const grammar = schemaGrammar({ enum: ['a"b\\', "\n"] });
  assert.match(grammar, /^s-root ::= \( "\\"a\\\\\\"b\\\\\\\\\\"" \) \| \( "\\"\\\\n\\"" \)$/m);
});
