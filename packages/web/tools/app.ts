// The app: a folder of static files for any web server.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { withoutNode } from "./without-node.ts";
import { profiles } from "./profiles.ts";

const source = fileURLToPath(new URL("../src/app/", import.meta.url));
const publicFolder = fileURLToPath(new URL("../public/", import.meta.url));

/**
 * What the page may do. It names no host: networks are described beside the page, a cockpit talks to a worker of the
 * reader's own, and a proof may be checked on any endpoint. No script, style or frame is ever taken from elsewhere.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "connect-src 'self' https: wss: http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Writes the app into a folder, which is emptied first, with other files beside it. */
export async function buildApp(
  folder: string,
  beside: Readonly<Record<string, string>>,
): Promise<void> {
  await build({
    configFile: false,
    root: source,
    publicDir: publicFolder,
    base: "./",
    logLevel: "error",
    define: { simulatedProfiles: JSON.stringify(profiles) },
    resolve: { conditions: ["source", "module", "browser", "import", "default"] },
    plugins: [withoutNode, withPolicy, withFonts],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        // TON's libraries take Node's Buffer for granted.
        transform: { inject: { Buffer: ["buffer/", "Buffer"] } },
        // All that a first visit waits for comes in one file: thirty small ones take a slow machine longer.
        output: { codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] } },
      },
    },
  });
  for (const [name, content] of Object.entries(beside)) writeFileSync(`${folder}/${name}`, content);
  writeOffline(folder);
}

const withPolicy: Plugin = {
  name: "policy",
  transformIndexHtml: (html) => html.replace('content="policy"', `content="${policy}"`),
};

/** Fonts are asked for with the page, not once its first text stands: nothing moves when they come. */
const withFonts: Plugin = {
  name: "fonts",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((name) => name.endsWith(".woff2"))
        .map((name) => {
          const attrs = { rel: "preload", as: "font", crossorigin: true, href: `./${name}` };
          return { tag: "link", attrs, injectTo: "head" };
        }),
  },
};

/** The worker that keeps the page for a day without a network, with the names of all files that make it. */
function writeOffline(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length).replace(/^\//, ""))
    .toSorted();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(`${folder}/${file}`));
  const worker = readFileSync(new URL("../src/offline/offline.js", import.meta.url), "utf8")
    .replace('"version"', JSON.stringify(hash.digest("hex").slice(0, 16)))
    .replace('["files"]', JSON.stringify(["", ...files]));
  writeFileSync(`${folder}/offline.js`, worker);
}
