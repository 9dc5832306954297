import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { askLine } from "./asking.ts";

/** Answers a question with what was typed; returns what the screen showed too. */
async function ask(typed: string, isSecret: boolean) {
  const input = new PassThrough();
  const output = new PassThrough();
  const answer = askLine("Word: ", { input, output, isSecret });
  input.write(typed);
  const outcome = await answer.catch((error: unknown) => error);
  const shown: unknown = output.read();
  return { outcome, shown: String(shown) };
}

test("askLine() throws cancelled at Ctrl-C and at the end of what is typed", async () => {
  const { outcome } = await ask("abc\u0003", true);
  assert.ok(outcome instanceof Error && "code" in outcome && outcome.code === "cancelled");
  const ended = new PassThrough().end();
  const output = new PassThrough();
  await assert.rejects(askLine("", { input: ended, output, isSecret: false }), {
    code: "cancelled",
  });
});

test("askLine() returns the line, and shows nothing of a secret", async () => {
  assert.deepEqual(await ask("hunter2\n", true), { outcome: "hunter2", shown: "Word: \n" });
  assert.deepEqual(await ask("with a typo\u007F\u007Fpo\n", true), {
    outcome: "with a typo",
    shown: "Word: \n",
  });
  assert.equal((await ask("in the open\n", false)).outcome, "in the open");
});
