// What a first visit loads, before anything is asked or verified.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeSite, siteFolder } from "../../packages/web/tools/site.ts";

/** Two thirds of what a first load may weigh: the rest is for what the first question loads. */
const bytesMax = 140_000;

/** A module with all that it imports statically, by path below the site. */
function withImports(path: string, known: Set<string> = new Set()): Set<string> {
  if (known.has(path)) return known;
  known.add(path);
  const text = readFileSync(join(siteFolder, path), "utf8");
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
    withImports(`assets/${name}`, known);
  }
  return known;
}

test("the page that a first visit opens is under 140 kB, compressed, with the chat in it", async () => {
  await makeSite();
  const html = readFileSync(join(siteFolder, "index.html"), "utf8");
  const linked = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(
    ([, path = ""]) => path,
  );
  const scripts = linked
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => [...withImports(path)]);
  assert.ok(
    scripts.some((path) => readFileSync(join(siteFolder, path), "utf8").includes("composer")),
    "the chat is among it",
  );
  assert.ok(
    linked.some((path) => path.endsWith(".woff2")),
    "and the font",
  );
  const files = new Set(["index.html", ...linked, ...scripts]);
  const sizes = [...files].map((path) => gzipSync(readFileSync(join(siteFolder, path))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < bytesMax, `${total} bytes`);
  assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//, "nothing comes from elsewhere");
});
