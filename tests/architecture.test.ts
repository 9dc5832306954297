// Holds the code to the rooms table in ARCHITECTURE.md, so that neither can drift from the other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { listSources, readText } from "./files.ts";
import { listCircles, listStrayImports, readRooms, specifiersOf } from "./rooms.ts";

const rooms = readRooms(readText("ARCHITECTURE.md"));

test("every import leads where ARCHITECTURE.md lets it", () => {
  const sources = listSources();
  assert.ok(sources.length > 50, "the sources are found");
  assert.deepEqual(listStrayImports(sources, rooms), []);
});

test("no file imports itself by way of others", () => {
  assert.deepEqual(listCircles(listSources()), []);
});

test("listCircles() finds a circle, and nothing that leads to one or away from it", () => {
  const files: Readonly<Record<string, string>> = {
    "a.ts": 'import { b } from "./b.ts";',
    "b.ts": 'import type { C } from "./c.ts"; import { e } from "./e.ts";',
    "c.ts": 'export { x } from "./x/index.ts"; import { b } from "./b.ts";',
    "e.ts": 'import { x } from "./x/index.ts"; import "node:fs";',
    "x/index.ts": "",
  };
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  assert.deepEqual(listCircles(sources), ["b.ts", "c.ts"]);
});

test("every package.json depends on exactly what the lines of its rooms name", () => {
  const packages = new Set([...rooms.keys()].map((room) => room.split("/")[0] ?? room));
  for (const name of packages) {
    const manifest: unknown = JSON.parse(readText(`packages/${name}/package.json`));
    // oxlint-disable-next-line no-unsafe-type-assertion -- our own file
    const { dependencies, peerDependencies } = manifest as Record<string, object | undefined>;
    const own = [...rooms.keys()].filter((room) => room === name || room.startsWith(`${name}/`));
    const named = own
      .flatMap((room) => Array.from(rooms.get(room) ?? []))
      .filter((target) => target !== "node" && target.split("/")[0] !== name)
      .map((target) => (rooms.has(target) ? `@cocoon/${target}` : target));
    assert.deepEqual(
      Object.keys({ ...dependencies, ...peerDependencies }).toSorted(),
      [...new Set(named)].toSorted(),
      name,
    );
  }
});

const table = `
\`\`\`rooms
protocol/bytes : 
protocol/keys  : protocol/bytes
protocol       : protocol/bytes protocol/keys
services/store : protocol | node libsql
services/proxy : protocol services/store
services/worker: protocol services/store
services       : protocol services/store services/proxy services/worker
\`\`\``;

const faults: readonly (readonly [string, string, string])[] = [
  ["role to role", "services/src/proxy/relay.ts", `import { x } from "../worker/index.ts";`],
  ["upward", "protocol/src/bytes/hex.ts", `export { x } from "../keys/index.ts";`],
  ["up to the package's own index", "protocol/src/keys/key.ts", `import { x } from "../index.ts";`],
  ["past an index", "services/src/proxy/relay.ts", `import { x } from "../store/database.ts";`],
  [
    "from another package by path",
    "services/src/store/a.ts",
    `import "../../../protocol/src/index.ts"`,
  ],
  [
    "past a package's index",
    "services/src/proxy/a.ts",
    `import { x } from "@cocoon/protocol/bytes";`,
  ],
  ["a package above", "protocol/src/keys/key.ts", `import { x } from "@cocoon/services";`],
  ["its own package by name", "protocol/src/keys/key.ts", `import { x } from "@cocoon/protocol";`],
  ["node", "protocol/src/keys/key.ts", `import { readFileSync } from "node:fs";`],
  ["node without its prefix", "services/src/proxy/a.ts", `import { readFileSync } from "fs";`],
  ["a package from outside", "services/src/proxy/a.ts", `import Driver from "libsql";`],
  ["a subpath of one", "protocol/src/keys/key.ts", `import { x } from "@noble/hashes/sha2.js";`],
  ["a type", "services/src/proxy/a.ts", `import type Driver from "libsql";`],
  ["in several lines", "services/src/proxy/a.ts", `import {\n  x,\n  y,\n} from 'libsql';`],
  ["for its effect", "services/src/proxy/a.ts", `import "libsql";`],
  ["dynamically", "services/src/proxy/a.ts", `const x = await import("libsql");`],
  ["as a type of an import", "services/src/proxy/a.ts", `let x: typeof import("libsql");`],
  ["computed", "services/src/proxy/a.ts", "const x = await import(`lib${name}`);"],
  ["by require", "services/src/proxy/a.ts", `const x = createRequire(here); require("libsql");`],
  [
    "behind a comment",
    "services/src/proxy/a.ts",
    `import /* from "node:fs" */ x from "libsql"; // "`,
  ],
  ["out of the source", "services/src/proxy/a.ts", `import { x } from "../../testing/a.ts";`],
];

for (const [what, path, text] of faults) {
  test(`listStrayImports() sees an import ${what}`, () => {
    const stray = listStrayImports([{ path: `packages/${path}`, text }], readRooms(table));
    assert.equal(stray.length, 1, stray.join("\n"));
  });
}

test("listStrayImports() sees a file that is in no room", () => {
  const sources = [
    { path: "packages/services/src/helpers/a.ts", text: "" },
    { path: "packages/unknown/src/a.ts", text: "" },
  ];
  assert.deepEqual(listStrayImports(sources, readRooms(table)), [
    "packages/services/src/helpers/a.ts is in no room",
    "packages/unknown/src/a.ts is in no room",
  ]);
});

test("listStrayImports() lets pass what the table allows", () => {
  const text = `
    // import { x } from "elsewhere";
    /* import "elsewhere" */
    const url = "https://example.com"; // from "elsewhere"
    import { a } from "@cocoon/protocol";
    import { b } from "node:fs";
    import Driver, { type Options } from "libsql/promise";
    export { c } from "./database.ts";
    const d = Array.from("import");`;
  const sources = [
    { path: "packages/services/src/store/store.ts", text },
    { path: "packages/services/src/index.ts", text: `export * from "./store/index.ts";` },
    { path: "packages/protocol/src/keys/key.ts", text: `import { x } from "../bytes/index.ts";` },
  ];
  assert.deepEqual(specifiersOf(text).length, 4);
  assert.deepEqual(listStrayImports(sources, readRooms(table)), []);
});

test("readRooms() refuses a page without table, a room named before its line, and one named twice", () => {
  assert.throws(() => readRooms("# Architecture"), /no rooms table/);
  assert.throws(() => readRooms("```rooms\na : b\nb :\n```"), /b must come before a/);
  assert.throws(() => readRooms("```rooms\na :\na :\n```"), /a is there twice/);
});
