import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsOf, unmarkedCommands } from "./guide.ts";

const block = (language: string, ...lines: readonly string[]): string =>
  ["```" + language, ...lines, "```", ""].join("\n");

const once = (...lines: readonly string[]) => ({ lines, goesOn: false });

test("stepsOf() takes the blocks of a shell alone, and leaves out what is for hands", () => {
  const page = [
    block("", "output"),
    block("sh", "npm ci && npm start"),
    block("sh", "npx cocoon status", "", "npx cocoon tee   # by hand: there is no TEE"),
    block("sh", "# by hand: it takes days", "npx cocoon worker unbond"),
    block("sh", "npx cocoon worker --yes   # goes on until Ctrl-C"),
  ].join("\n");
  assert.deepEqual(stepsOf(page), [
    once("npx cocoon status"),
    { lines: ["npx cocoon worker --yes"], goesOn: true },
  ]);
});

test("stepsOf() gives a block to one shell where a line of it needs one", () => {
  const plain = block("sh", "npx cocoon status", "npx cocoon receipts export a > proof.json");
  const lines = ["npx cocoon status", "npx cocoon receipts export a > proof.json"];
  assert.deepEqual(
    stepsOf(plain),
    lines.map((line) => once(line)),
  );
  const script = block("sh", "ID=$(echo a)", "# what it is for", "npx cocoon \\", 'verify "$ID"');
  assert.deepEqual(stepsOf(script), [once("ID=$(echo a)", 'npx cocoon verify "$ID"')]);
});

test("stepsOf() takes programs, but those of a page", () => {
  const page = [
    block("js", "f();"),
    block("js", "// in a page: examples/page", "g();"),
    block("json", "{}"),
  ];
  assert.deepEqual(stepsOf(page.join("\n")), [once("node --input-type=module <<'END'\nf();\nEND")]);
});

test("unmarkedCommands() finds commands in blocks that nobody would run", () => {
  const page = [block("", "output", "npx cocoon status"), block("sh", "npx cocoon status")];
  assert.deepEqual(unmarkedCommands(page.join("\n")), ["npx cocoon status"]);
});
