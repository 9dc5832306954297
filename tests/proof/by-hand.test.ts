// docs/verify-by-hand.md is true: every command is run against a proof, and prints what the page says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { fromBase64, toBase64 } from "@cocoon/protocol";
import { runSteps, stepsOf } from "./by-hand.ts";

const page = readFileSync(new URL("../../docs/verify-by-hand.md", import.meta.url), "utf8");
const vector = readFileSync(new URL("../../vectors/proof.json", import.meta.url), "utf8");
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const { proof } = JSON.parse(vector) as { readonly proof: { readonly receipt: string } };
const steps = stepsOf(page);

const probe =
  "openssl version | grep -q 'OpenSSL 3' && openssl pkeyutl -help 2>&1 | grep -q rawin && command -v xxd base64 sha512sum";
const skip =
  spawnSync("bash", ["-c", probe]).status !== 0 && "needs bash, OpenSSL 3, xxd and coreutils";

function folderWith(context: TestContext, file: object): string {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-by-hand-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "proof.json"), `${JSON.stringify(file, undefined, 2)}\n`);
  return folder;
}

suite("docs/verify-by-hand.md", { skip }, () => {
  test("prints what the page says of the recorded proof", (context) => {
    assert.equal(steps.length, page.match(/```sh\n/g)?.length);
    const expected = steps.map(({ output }) => output);
    assert.deepEqual(runSteps(steps, folderWith(context, proof)), expected);
  });

  test("comes to an end with a receipt that nobody signed", (context) => {
    const bytes = fromBase64(proof.receipt) ?? assert.fail("base64");
    const receipt = toBase64(bytes.with(169, (bytes[169] ?? 0) ^ 1));
    const folder = folderWith(context, { ...proof, receipt });
    assert.throws(() => runSteps(steps, folder), /Signature Verification Failure/);
  });
});
