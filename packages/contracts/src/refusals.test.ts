// Every message and every exit code of a contract has a test. That each place which refuses names the right code is for
// `npm run mutate` to show, which puts another one there.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { GasTable } from "../testing/gas.ts";
import { contractSources, readTolk } from "../tools/compile.ts";
import { filesOf } from "../tools/mutation/mutants.ts";
import {
  channelOpcodes,
  exitCodeName,
  proxyBondOpcodes,
  proxySlashOpcodes,
  rootOpcodes,
  workerBondOpcodes,
} from "./index.ts";

const opcodes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  channel: channelOpcodes,
  "proxy-bond": { ...proxyBondOpcodes, ...proxySlashOpcodes },
  root: rootOpcodes,
  "worker-bond": workerBondOpcodes,
};

// oxlint-disable-next-line no-unsafe-type-assertion -- our own file, which another test measures again
const { operations } = JSON.parse(
  readFileSync(new URL("../gas.json", import.meta.url), "utf8"),
) as GasTable;

function thrownIn(entry: string): readonly string[] {
  const text = filesOf(entry).map(readTolk).join("\n");
  return [...new Set([...text.matchAll(/\bErr\.(\w+)/g)].map(([, name = ""]) => name))];
}

function testsOf(file: string): string {
  return readdirSync(new URL(".", import.meta.url))
    .filter((name) => name.startsWith(file) && name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, import.meta.url), "utf8"))
    .join("\n");
}

for (const { entry, file } of contractSources) {
  test(`the tests of ${entry} expect every exit code that it throws, by name`, () => {
    const tests = testsOf(file);
    const thrown = thrownIn(entry);
    assert.ok(thrown.length > 5);
    assert.deepEqual(
      thrown.filter((name) => !tests.includes(`"${name}"`)),
      [],
    );
  });

  test(`every message of ${entry} has a wrapper and is measured in gas.json`, () => {
    const text = filesOf(entry).map(readTolk).join("\n");
    const [, union = ""] = /^type \w+Message =((?:\s*\|? ?\w+(?= *(?:\n|\|)))+)/m.exec(text) ?? [];
    const isExternal = /\bAnchorCheckpoint\b/.test(text) ? ["AnchorCheckpoint"] : [];
    const names = [...(union.match(/\w+/g) ?? []), ...isExternal];
    const declared = names.map((name) => {
      return Number(new RegExp(`^struct \\((0x[0-9a-f]+)\\) ${name} `, "m").exec(text)?.[1]);
    });
    const made = Object.entries(opcodes[file] ?? {});
    assert.deepEqual(new Set(declared), new Set(made.map(([, opcode]) => opcode)));
    const prefix = `${file.replace("-b", "B")}.`;
    const rows = Object.keys(operations).filter((row) => row.startsWith(prefix));
    const missing = made.filter(
      ([name]) => !rows.some((row) => row.toLowerCase().includes(name.toLowerCase())),
    );
    assert.deepEqual(missing, []);
  });
}

test("every code of errors.tolk is thrown by a contract", () => {
  const thrown = new Set(contractSources.flatMap(({ entry }) => thrownIn(entry)));
  const declared = Array.from({ length: 65_536 }, (_, code) => exitCodeName(code)).filter(
    (name) => name !== undefined,
  );
  assert.deepEqual([...thrown].toSorted(), declared.toSorted());
});
