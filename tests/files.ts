// The files of the repository, as the tests of its own shape see them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import type { Source } from "./rooms.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const notOurs = new Set(["node_modules", "dist", ".git", ".cocoon"]);

/** Paths from the root, of every file below these folders, in order; "." for the whole repository. */
export function listPaths(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (notOurs.has(entry.name)) return [];
        return entry.isDirectory() ? listPaths(path) : [path];
      }),
  );
}

/** A text file, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The product's source: what is in packages/<name>/src and is no test. */
export function listSources(): Source[] {
  return listPaths("packages")
    .filter((path) => /^packages\/[^/]+\/src\/.*\.(?:ts|tsx|js|mjs|cjs)$/.test(path))
    .filter((path) => !path.endsWith(".test.ts"))
    .map((path) => ({ path, text: readText(path) }));
}
