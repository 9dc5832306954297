// The whole site: the app, and the verifier beside it; made once for the same sources.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the site lies once it is made. */
export const siteFolder: string = join(root, "packages/web/dist/site");

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

/** Makes the site, unless what is there was made of the same sources. */
export async function makeSite(): Promise<void> {
  const hash = createHash("sha256");
  for (const path of sources.flatMap(filesOf)) {
    hash.update(path).update(readFileSync(join(root, path)));
  }
  const made = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === made) return;
  const [{ buildApp }, { buildVerifyPage }] = await Promise.all([
    import("./app.ts"),
    import("./verify-page.ts"),
  ]);
  mkdirSync(siteFolder, { recursive: true });
  await buildApp(siteFolder, { "verify.html": await buildVerifyPage() });
  writeFileSync(stamp, made);
}

function filesOf(path: string): string[] {
  if (!path.includes("/") || path.endsWith(".json")) return [path];
  return readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .toSorted();
}
