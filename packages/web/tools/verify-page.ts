// The page that verifies proof files, as one document that needs nothing else.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { profiles } from "./profiles.ts";
import { withoutNode } from "./without-node.ts";

const source = new URL("../src/verify/", import.meta.url);

/** The page's HTML. Its policy names the one script and the one style that may be in it, and where it may ask. */
export async function buildVerifyPage(): Promise<string> {
  const script = await bundle(fileURLToPath(new URL("main.ts", source)));
  const style = readFileSync(new URL("style.css", source), "utf8");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src https: http://127.0.0.1:* http://localhost:*",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return readFileSync(new URL("index.html", source), "utf8")
    .replace('content="policy"', () => `content="${policy}"`)
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace("<script></script>", () => `<script>${script}</script>`);
}

async function bundle(input: string): Promise<string> {
  const build = await rolldown({
    input,
    platform: "browser",
    resolve: { conditionNames: ["source", "import", "browser", "default"] },
    // TON's libraries take Node's Buffer for granted.
    transform: {
      define: { simulatedProfiles: JSON.stringify(profiles) },
      inject: { Buffer: ["buffer/", "Buffer"] },
    },
    plugins: [withoutNode],
  });
  try {
    const { output } = await build.generate({ format: "iife", minify: true, codeSplitting: false });
    return output[0].code.trim().replaceAll("</script", String.raw`<\/script`);
  } finally {
    await build.close();
  }
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
