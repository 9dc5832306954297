import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, textOf, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { commitContent, verifyContent } from "./content.ts";
import { answerContent, openMessagesMax, requestContent, tokenContent } from "./content-fields.ts";

type Parts = {
  readonly request: string;
  readonly answer: string;
  readonly fields: Readonly<Record<string, string>>;
};
const file = new URL("../../../../vectors/receipt.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const { parts } = JSON.parse(readFileSync(file, "utf8")) as { parts: readonly Parts[] };

const textsOf = (fields: Readonly<Record<string, Uint8Array>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, textOf(value)]));
const requestOf = (body: unknown) => utf8(JSON.stringify({ path: "/", body }));

test("requestContent() and answerContent() give the vectors' fields", () => {
  assert.ok(parts.length > 1);
  for (const { request, answer, fields } of parts) {
    const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail(hex);
    const found = { ...requestContent(bytesOf(request)), ...answerContent(bytesOf(answer)) };
    const hex = Object.entries(found).map(([name, value]) => [name, toHex(value)] as const);
    assert.deepEqual(Object.fromEntries(hex), fields);
  }
});

test("requestContent() opens no part of what has no messages, or too many, or is no JSON", () => {
  for (const text of ["", "{", "[]", "{}", '{"body":[]}', '{"body":{"messages":{}}}']) {
    assert.deepEqual(Object.keys(requestContent(utf8(text))), ["request"]);
  }
  assert.deepEqual(Object.keys(requestContent(Uint8Array.of(0xff))), ["request"]);
  const ofMessages = (length: number) =>
    requestContent(requestOf({ messages: Array.from({ length }, () => ({})) }));
  const most = ofMessages(openMessagesMax);
  assert.equal(Object.keys(most).length, openMessagesMax + 2);
  const more = ofMessages(openMessagesMax + 1);
  assert.deepEqual(Object.keys(more), ["request", "parameters"]);
});

test("requestContent() refuses what is nested too deep to be written", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  assert.throws(
    () => requestContent(utf8(`{"body":{"messages":[${deep}]}}`)),
    (error) => error instanceof CocoonError && error.code === "request_malformed",
  );
});

test("requestContent() takes names that objects have of themselves as any other", () => {
  const text = '{"body":{"__proto__":{"a":1},"messages":[{"__proto__":2,"role":"user"}]}}';
  assert.deepEqual(textsOf(requestContent(utf8(text))), {
    request: text,
    message_0: '{"__proto__":2,"role":"user"}',
    parameters: '{"__proto__":{"a":1}}',
  });
});

test("answerContent() takes the text of the first choice, whatever else the events are", () => {
  const events = [
    '{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
    '{"choices":[{"index":0,"delta":{"content":"he"}},{"index":1,"delta":{"content":"no"}}]}',
    '{"choices":[{"index":0,"delta":{"reasoning_content":"no","content":7}}]}',
    "not JSON",
    '{"choices":[{"index":0,"delta":{"content":"llo"}}]}',
    '{"choices":[],"usage":{}}',
  ];
  const answer = utf8(events.map((event) => `${event}\n`).join(""));
  assert.equal(textOf(answerContent(answer)["answer_text"] ?? answer), "hello");
});

test("tokenContent() has the ids that are known, and no field for those that are not", () => {
  assert.deepEqual(tokenContent({}), {});
  const { prompt_token_ids: prompt, ...rest } = tokenContent({ prompt: [1, 2 ** 32 - 1] });
  assert.deepEqual(prompt, Uint8Array.of(0, 0, 0, 1, 255, 255, 255, 255));
  assert.deepEqual(rest, {});
});

test("verifyContent() refuses a worker that commits to another part than the whole has", () => {
  const salt = new Uint8Array(32).fill(7);
  const honest = {
    ...requestContent(requestOf({ messages: [{ role: "user", content: "4711" }] })),
    ...answerContent(utf8('{"choices":[]}\n')),
  };
  const { commitment, digests } = commitContent(salt, honest);
  assert.ok(verifyContent(commitment, { salt, digests }, honest));
  for (const name of Object.keys(honest)) {
    const crooked = commitContent(salt, { ...honest, [name]: utf8("other") });
    assert.equal(verifyContent(crooked.commitment, { salt, ...crooked }, honest), false, name);
    const { [name]: _, ...fewer } = honest;
    const silent = commitContent(salt, fewer);
    assert.equal(verifyContent(silent.commitment, { salt, ...silent }, honest), false, name);
  }
});
