// The programs of examples/, run whole as their first lines say.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { listenHere } from "../browser/chromium.ts";
import { visit } from "../web/visitor.ts";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const run = promisify(execFile);

const programs: Readonly<Record<string, string>> = { ".sh": "sh", ".py": "python3" };

/** What a program prints. Throws when it fails. */
export async function printed(name: string, ...words: readonly string[]): Promise<string> {
  const program = programs[extname(name)] ?? process.execPath;
  return (await run(program, [join(folder, name), ...words])).stdout;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
};

/** Opens examples/page, built by vite, beside the network.json that it asks for; resolves when its receipt is anchored. */
export async function anchoredPage(network: string): Promise<{ readonly answer: string }> {
  const outDir = mkdtempSync(join(tmpdir(), "cocoon-example-"));
  const root = join(folder, "page");
  await build({ root, configFile: false, logLevel: "error", build: { outDir, target: "esnext" } });
  const { server, port } = await listenHere((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    const isFile = /^\/(?:index\.html|assets\/[\w.-]+)$/.test(path);
    if (isFile) response.setHeader("content-type", types[extname(path)] ?? "text/plain");
    response.end(isFile ? readFileSync(join(outDir, path)) : network);
  });
  const visitor = await visit();
  try {
    await visitor.page.goto(`http://127.0.0.1:${port}/`);
    await visitor.page.getByText("is anchored").waitFor();
    assert.deepEqual(visitor.faults, []);
    return { answer: (await visitor.page.textContent("#answer")) ?? "" };
  } finally {
    await visitor.leave();
    server.closeAllConnections();
    server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}
