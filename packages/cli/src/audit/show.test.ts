import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "@cocoon/protocol";
import type { ProofFile, Verdict } from "@cocoon/sdk";
import { createStyle, type Terminal } from "../terminal.ts";
import { showOpened } from "./show.ts";

/** What is shown of fields with these values, where the check of their commitment came out so. */
function shown(values: Readonly<Record<string, Uint8Array>>, status = "holds"): string {
  let output = "";
  const terminal = { write: (text: string) => (output += text), style: createStyle(false) };
  const fields = Object.entries(values).map(([name, value]) => ({ name, value }));
  showOpened(
    // oxlint-disable-next-line no-unsafe-type-assertion -- what it looks at
    { disclosure: { fields } } as unknown as ProofFile,
    // oxlint-disable-next-line no-unsafe-type-assertion -- what it looks at
    { checks: [{ id: "disclosure", status }] } as unknown as Verdict,
    // oxlint-disable-next-line no-unsafe-type-assertion -- what it writes with
    terminal as unknown as Terminal,
  );
  return output;
}

test("showOpened() prints opened texts line by line, without what moves the cursor", () => {
  const values = { answer_text: utf8("one\n\u001B[2Jtwo"), message_0: utf8("three") };
  assert.equal(shown(values), "\nanswer_text\n  one\n  [2Jtwo\n\nmessage_0\n  three\n");
});

test("showOpened() cuts long texts, and tells token ids and other bytes by their size", () => {
  const long = shown({ answer: utf8("a".repeat(4_100)) });
  assert.ok(long.endsWith("a…\n  (100 more characters in the file)\n"));
  assert.equal(shown({ answer_token_ids: utf8("abcd") }), "\nanswer_token_ids\n  4 bytes\n");
  assert.equal(shown({ answer: Uint8Array.of(0xff) }), "\nanswer\n  1 bytes\n");
});

test("showOpened() prints nothing that the worker did not commit to", () => {
  for (const status of ["fails", "unknown"]) assert.equal(shown({ answer: utf8("x") }, status), "");
});
