import assert from "node:assert/strict";
import { test } from "node:test";
import { ToolCallReader } from "./tool-call-reader.ts";

type Read = { readonly text: string; readonly calls: readonly (readonly [string, string])[] };

/** Reads an answer that comes in pieces of this length. */
function read(answer: string, length: number, names: readonly string[] = ["f", "g"]): Read {
  const reader = new ToolCallReader(names.map((name) => ({ name })));
  let text = "";
  const calls: [string, string][] = [];
  for (let start = 0; start < answer.length; start += length) {
    const piece = reader.push(answer.slice(start, start + length));
    text += piece.text;
    for (const call of piece.toolCalls) {
      assert.equal(call.index, calls.length);
      assert.match(call.id ?? "", /^call_[0-9a-f]{24}$/);
      calls.push([call.function?.name ?? "", call.function?.arguments ?? ""]);
    }
  }
  return { text: text + reader.end(), calls };
}

const call = (json: string): string => `<tool_call>\n${json}\n</tool_call>`;

/** What an answer reads as, and that it does not matter how it was cut. */
function assertRead(answer: string, expected: Read, names?: readonly string[]): void {
  for (const length of [1, 2, 3, 7, answer.length]) {
    assert.deepEqual(
      read(answer, length, names),
      expected,
      `${JSON.stringify(answer)} by ${length}`,
    );
  }
}

test("push() leaves what is no call as it was written", () => {
  for (const text of [
    "no call at all, a < b",
    "<tool_cal",
    "<tool_call> that never ends",
    call("not json"),
    call(`{"arguments": {}}`),
    call(`{"name": "unknown", "arguments": {}}`),
    call(`{"name": "f", "arguments": "text"}`),
  ]) {
    assertRead(text, { text, calls: [] });
  }
  const spelled = call(`{"name": "f", "arguments": {}}`);
  assertRead(spelled, { text: spelled, calls: [] }, []);
});

test("push() finds calls, one or several, with text before them", () => {
  const f = call(`{"name": "f", "arguments": {"a": 1}}`);
  const g = call(`{"name": "g"}`);
  assertRead(f, { text: "", calls: [["f", `{"a":1}`]] });
  assertRead(`${f}\n${g}`, {
    text: "",
    calls: [
      ["f", `{"a":1}`],
      ["g", "{}"],
    ],
  });
  assertRead(`Let me see. ${f}`, { text: "Let me see. ", calls: [["f", `{"a":1}`]] });
});
