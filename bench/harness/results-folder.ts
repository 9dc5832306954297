import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "./benchmark.ts";
import { renderPage } from "./page.ts";

/** Writes a result as JSON, and the page anew from all that lie in the folder. */
export function saveResult(folder: string, result: Result): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.name}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(join(folder, "index.html"), renderPage(readResults(folder)));
}

function readResults(folder: string): Result[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .map((name) => {
      // oxlint-disable-next-line no-unsafe-type-assertion -- written by saveResult()
      return JSON.parse(readFileSync(join(folder, name), "utf8")) as Result;
    });
}
