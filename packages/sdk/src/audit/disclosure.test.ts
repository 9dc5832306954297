import assert from "node:assert/strict";
import { test } from "node:test";
import { commitContent, toHex, utf8, verifyOpening } from "@cocoon/protocol";
import { disclose, openContent } from "./index.ts";

const salt = new Uint8Array(32).fill(9);
const content = { answer: utf8("yes"), request: utf8("a PIN: 1234") };
const { commitment } = commitContent(salt, content);

test("disclose() opens the named fields and gives no salt but theirs", () => {
  const { fields, digests } = disclose(salt, content, ["answer"]);
  assert.deepEqual(
    fields.map(({ name, value }) => [name, value]),
    [["answer", content.answer]],
  );
  for (const field of fields) assert.ok(verifyOpening(commitment, { ...field, digests }));
  const told = [...fields.map((field) => field.salt), ...digests];
  const given = new Set(told.map((bytes) => toHex(bytes)));
  const closed = disclose(salt, content, ["request"]).fields.map((field) => toHex(field.salt));
  for (const secret of [toHex(salt), ...closed]) assert.ok(!given.has(secret));
});

test("openContent() opens a field of a commitment that has others of which nothing is known", () => {
  const more = { ...content, tokens: utf8("[1,2]") };
  const { commitment: whole, digests } = commitContent(salt, more);
  const { answer } = content;
  const opened = openContent({ salt, fields: { answer }, digests }, ["answer"]);
  const [field] = opened.fields;
  assert.ok(field !== undefined);
  assert.ok(verifyOpening(whole, { ...field, digests: opened.digests }));
  assert.throws(() => openContent({ salt, fields: { answer }, digests }, ["tokens"]), RangeError);
});

test("disclose() opens each field once, in the order of names", () => {
  const { fields, digests } = disclose(salt, content, ["request", "answer", "request"]);
  assert.deepEqual(
    fields.map(({ name }) => name),
    ["answer", "request"],
  );
  for (const field of fields) assert.ok(verifyOpening(commitment, { ...field, digests }));
});

test("disclose() takes no name that was not committed to, and not none", () => {
  assert.throws(() => disclose(salt, content, ["prompt"]), RangeError);
  assert.throws(() => disclose(salt, content, []), RangeError);
});
