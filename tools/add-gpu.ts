// Installs llama.cpp for a GPU, for the embedded engine of a worker:
//
//   npm run gpu -- cuda
//   npm run gpu -- vulkan
//
// `npm ci` leaves these packages out, as they are many times the size of all others and few machines need one: the root
// `overrides` put empty ones in their places, and this puts the real one there until the next `npm ci`. They come from
// the npm registry, and are what the lock file would say: their hashes are below. Metal comes with the package for Macs.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { llamaEngineVersion } from "@cocoon/services";

/** SHA-512 of the archives of version 3.21.1, as npm writes it, by what comes after `@node-llama-cpp/`. */
const archives: Readonly<Record<string, string>> = {
  "linux-x64-cuda":
    "sha512-idsE55VoD/FbvLhnBC9krUJaUoC0XnebseAAnCpm/brKf61HEbu+idgbb5eN6mxkjLSrHtILprJ0nDcUJjVrFg==",
  "linux-x64-cuda-ext":
    "sha512-1PuURowccBcks3CCoMe1mTHh5vD0V5bFHMUEgtbI/OSDjpP+Pdbn+lf42CGUrepTzR8kCH1HovQ7d8q6/vuIKA==",
  "linux-x64-vulkan":
    "sha512-flEeSzONQ6OIm5bYKLQf4eEnBzcC5WugFbyPUwkCqyyOFZ8pH0H9ulQ7ZNDLSIczeKneMRJornlyY1Hq7d3GDA==",
  "win-x64-cuda":
    "sha512-PLz70neFEMkQTlmJqG1ujUtCSgHasLPMxQ9rLkqQVmZYAXqkRj+45TIHCjdn3XqUeaoun0vrO9rRaxZ8NVq9jg==",
  "win-x64-cuda-ext":
    "sha512-L2MxLVEYPDDe4O8EDWPmX6brldc9+Vt9hNoT/anj3pSnmrjkQcmaoKhHs6oP5qhEhb5Uog0rj6lgzNGtJO3p9Q==",
  "win-x64-vulkan":
    "sha512-HJ237Azh5m4Sz+w3A1IU/fYLaSDOocskcfn2ILTgqTuuORCB86EMnu3Yt/XsNhRHTtEiwz1Q/E0mO4PLIbZLAA==",
};

const modules = fileURLToPath(new URL("../node_modules/@node-llama-cpp/", import.meta.url));
const isWindows = process.platform === "win32";
const machine = `${isWindows ? "win" : process.platform}-${process.arch}`;
const [kind = ""] = process.argv.slice(2);
const wanted = [`${machine}-${kind}`, `${machine}-${kind}-ext`].filter((name) => name in archives);

if (wanted.length === 0) {
  console.error(`nothing for ${kind || "no GPU"} on ${machine}: npm run gpu -- cuda, or vulkan`);
  process.exit(2);
}
for (const name of wanted) install(name);

/** The archive is looked at before it is unpacked. */
function install(name: string): void {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-gpu-"));
  try {
    const spec = `@node-llama-cpp/${name}@${llamaEngineVersion}`;
    const options = { cwd: folder, shell: isWindows, encoding: "utf8" } as const;
    const file = execFileSync("npm", ["pack", "--silent", spec], options).trim();
    const archive = join(folder, file);
    const hash = createHash("sha512").update(readFileSync(archive)).digest("base64");
    if (`sha512-${hash}` !== archives[name]) throw new Error(`${spec} is not what it was`);
    execFileSync("tar", ["-xzf", archive, "--strip-components=1", "-C", join(modules, name)]);
    console.log(`${spec} is in place`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
