import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChatRequest } from "./parse-request.ts";
import { promptTokensBound } from "./prompt-bound.ts";

function boundOf(content: unknown, more: object = {}): number {
  return promptTokensBound(
    parseChatRequest({ model: "m", messages: [{ role: "user", content }], ...more }),
  );
}

test("promptTokensBound() counts each byte of text as a token", () => {
  const empty = boundOf("");
  assert.equal(boundOf("abc") - empty, 3);
  assert.equal(boundOf("😀") - empty, 4);
  assert.equal(boundOf([{ type: "text", text: "abc" }]) - empty, 3);
});

test("promptTokensBound() grows with tools, images and messages", () => {
  const plain = boundOf("hi");
  const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
  assert.ok(boundOf("hi", { tools }) > plain + 40);
  const image = { type: "image_url", image_url: { url: "data:," } };
  assert.ok(boundOf([{ type: "text", text: "hi" }, image]) > plain + 1_000);
});
