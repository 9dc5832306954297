// Writes packages/web/dist/site, unless what is there was made of the same sources: npm run build.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = join(root, "packages/web/dist/site");
const stamp = join(root, "packages/web/dist/site.hash");
/** All that the pages are made of. */
const sources = [
  "package-lock.json",
  "packages/protocol/src",
  "packages/contracts/src",
  "packages/sdk/src",
  "packages/devnet/src/vendor",
  "packages/web/package.json",
  "packages/web/src",
  "packages/web/public",
  "packages/web/tools",
];

const hash = createHash("sha256");
for (const path of sources.flatMap(filesOf))
  hash.update(path).update(readFileSync(join(root, path)));
const made = hash.digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== made) {
  const [{ buildApp }, { buildVerifyPage }] = await Promise.all([
    import("./app.ts"),
    import("./verify-page.ts"),
  ]);
  mkdirSync(folder, { recursive: true });
  await buildApp(folder, { "verify.html": await buildVerifyPage() });
  writeFileSync(stamp, made);
}

function filesOf(path: string): string[] {
  const place = join(root, path);
  if (!path.includes("/") || /\.[a-z]+$/.test(path)) return [path];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .toSorted();
}
