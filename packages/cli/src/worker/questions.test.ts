import { nanotons } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedTerminal } from "../../testing/terminal.ts";
import { askAmount, choose } from "./questions.ts";

const choices = [{ text: "one" }, { text: "two" }] as const;

test("choose() asks until it is told one of them, and takes the first for an empty line", async () => {
  const terminal = recordedTerminal({ answers: ["0", "three", "2"] });
  assert.equal(await choose(choices, "Which?", terminal), choices[1]);
  assert.match(terminal.noted(), /1 {2}one\n {2}2 {2}two\n/);
  assert.equal(await choose(choices, "Which?", recordedTerminal({ answers: [""] })), choices[0]);
});

test("choose() asks nobody where there is one, or nobody to ask", async () => {
  assert.equal(await choose([choices[1]], "Which?", recordedTerminal({ answers: [] })), choices[1]);
  assert.equal(await choose(choices, "Which?", recordedTerminal()), choices[0]);
});

test("askAmount() reads TON exactly, and proposes", async () => {
  const terminal = recordedTerminal({ answers: ["much", "0,5", "0.000000001"] });
  assert.equal(await askAmount("How much?", nanotons(7n), terminal), 1n);
  assert.match(terminal.noted(), /How much\? \[0\.000000007\]: /);
  assert.equal(await askAmount("How much?", nanotons(7n), recordedTerminal({ answers: [""] })), 7n);
  assert.equal(await askAmount("How much?", nanotons(7n), recordedTerminal()), 7n);
});
