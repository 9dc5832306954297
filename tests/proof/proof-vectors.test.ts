import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseProofFile, verifyProofFile } from "@cocoon/sdk";
import { profiles } from "./answers.ts";
import { edited } from "./tamper.ts";

type Vector = {
  readonly nowMs: number;
  readonly request: string;
  readonly amountNanotons: string;
  readonly state: string;
  readonly proof: object;
  readonly edits: readonly {
    readonly name: string;
    readonly path: readonly (string | number)[];
    readonly value: unknown;
    readonly fails?: Readonly<Record<string, string>>;
    readonly error?: string;
  }[];
};

const path = new URL("../../vectors/proof.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- made by tools/make-proof-vector.ts
const vector = JSON.parse(readFileSync(path, "utf8")) as Vector;
const { nowMs } = vector;
const proof = JSON.stringify(vector.proof);

for (const { name, path: place, value, fails, error } of vector.edits) {
  test(`verifyProofFile() on the recorded proof, ${name}`, async () => {
    const text = edited(proof, place, value);
    if (error !== undefined) {
      assert.throws(() => parseProofFile(text), { code: error });
      return;
    }
    const verdict = await verifyProofFile(parseProofFile(text), { profiles, nowMs });
    const failing = verdict.checks.filter(({ status }) => status === "fails");
    assert.deepEqual(Object.fromEntries(failing.map(({ id, code }) => [id, code])), fails);
    assert.equal(verdict.holds, failing.length === 0);
    assert.equal(verdict.state, vector.state);
  });
}

test("verifyProofFile() tells the recorded facts", async () => {
  const { facts } = await verifyProofFile(parseProofFile(proof), { profiles, nowMs });
  assert.equal(facts?.request, vector.request);
  assert.equal(facts?.amountNanotons.toString(), vector.amountNanotons);
});
