import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileTolk, contractSources } from "../tools/compile.ts";
import { channelCode, exitCodeName, proxyBondCode, rootCode, workerBondCode } from "./index.ts";

const codes = {
  channel: channelCode,
  "proxy-bond": proxyBondCode,
  root: rootCode,
  "worker-bond": workerBondCode,
};

for (const { entry, file } of contractSources) {
  test(`${entry} compiles to the code that is checked in`, async () => {
    const compiled = await compileTolk(entry);
    assert.equal(compiled.hash, codes[file].hash, "run `npm run contracts`");
    assert.equal(codes[file].cell.hash().toString("hex"), compiled.hash);
  });
}

test("exitCodeName() knows the codes of errors.tolk and no others", () => {
  const source = readFileSync(new URL("../tolk/errors.tolk", import.meta.url), "utf8");
  const rows = [...source.matchAll(/^ {4}(\w+) = (\w+)$/gm)];
  assert.ok(rows.length > 10);
  const declared = new Map(rows.map(([, name, code]) => [Number(code), name]));
  for (let code = 0; code <= 65_535; code += 1) {
    assert.equal(exitCodeName(code), declared.get(code));
  }
});
