import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryHome } from "../../testing/home.ts";
import { Arguments } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { readContent, saveContent } from "./content-file.ts";
import { readSaving } from "./save.ts";

const read = (values: Readonly<Record<string, string>>) => readSaving(new Arguments([], values));

test("readSaving() refuses, before anything is asked, what could not be saved", (context) => {
  const home = temporaryHome(context);
  const path = join(home, "proof.json");
  for (const names of ["", "prompt", "request,", "request;answer"]) {
    assert.throws(() => read({ "save-proof": path, disclose: names }), UsageError, names);
  }
  assert.throws(() => read({ disclose: "answer" }), UsageError);
  assert.throws(() => read({ require: "included" }), UsageError);
  assert.throws(() => read({ "save-proof": path, require: "sealed" }), UsageError);
  const nowhere = { "save-proof": join(home, "no", "proof.json") };
  assert.throws(() => read(nowhere), { code: "option_invalid" });
  writeFileSync(path, "somebody's only proof");
  assert.throws(() => read({ "save-proof": path }), { code: "option_invalid" });
});

test("readSaving() opens nothing unless it is told to", (context) => {
  const path = join(temporaryHome(context), "proof.json");
  assert.equal(read({}), undefined);
  assert.deepEqual(read({ "save-proof": path }), { path, names: [] });
  const disclose = "answer,request";
  assert.deepEqual(read({ "save-proof": path, disclose }), { path, names: ["answer", "request"] });
  const required = { "save-proof": path, require: "included" };
  assert.deepEqual(read(required), { path, names: [], least: "included" });
});

test("readContent() reads what saveContent() wrote for its owner alone, and nothing else", (context) => {
  const path = join(temporaryHome(context), "content.json");
  const content = {
    salt: new Uint8Array(32).fill(1),
    digests: [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)],
    fields: { message_0: Uint8Array.of(0, 255), answer_text: new Uint8Array() },
  };
  saveContent(path, "ab".repeat(16), content);
  assert.deepEqual(readContent(path), content);
  assert.equal(statSync(path).mode & 0o077, 0);
  assert.throws(() => saveContent(path, "", content), { code: "option_invalid" });
  assert.throws(() => readContent(`${path}.not`), { code: "option_invalid" });
  const other = `${path}.other`;
  for (const text of ["", "{}", '{"format":"cocoon-content/1"}', '{"format":"cocoon-proof/1"}']) {
    writeFileSync(other, text);
    assert.throws(() => readContent(other), { code: "option_invalid" }, text);
  }
});
