// Runs every test file in this one process; node --test gives each file its own, 10 times slower.
// Arguments keep only the files whose path contains any of them: npm test -- packages/protocol tests/chain

import { readdirSync } from "node:fs";
import { before } from "node:test";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const filters = process.argv.slice(2);
const names = ["packages", "tests"].flatMap((folder) =>
  readdirSync(fileURLToPath(new URL(folder, root)), { recursive: true, encoding: "utf8" }).map(
    (name) => `${folder}/${name}`,
  ),
);
const files = names.filter(
  (name) =>
    name.endsWith(".test.ts") &&
    !name.includes("node_modules") &&
    (filters.length === 0 || filters.some((filter) => name.includes(filter))),
);

// No test runs beside the loading of other files, which stops everything for as long as it takes.
let loaded: () => void = () => undefined;
const loading = new Promise<void>((resolve) => (loaded = resolve));
before(() => loading);
for (const name of files.toSorted()) await import(new URL(name, root).href);
loaded();
