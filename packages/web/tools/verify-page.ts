// The page that verifies proof files, as one document that needs nothing else.

import { simulatedGpuProfile, simulatedProfile, simulatedSevProfiles } from "@cocoon/devnet";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const source = new URL("../src/verify/", import.meta.url);
const profiles = [simulatedProfile, ...Object.values(simulatedSevProfiles), simulatedGpuProfile];

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
    plugins: [{ name: "no-node", resolveId: refuseNode, load: loadNothing }],
  });
  try {
    const { output } = await build.generate({ format: "iife", minify: true, codeSplitting: false });
    return output[0].code.trim().replaceAll("</script", String.raw`<\/script`);
  } finally {
    await build.close();
  }
}

const nothing = "\0nothing";

/** tweetnacl asks for Node's crypto where a browser has none; every browser has. */
function refuseNode(specifier: string): string | undefined {
  if (specifier === "crypto") return nothing;
  if (specifier.startsWith("node:")) throw new Error(`a page has no ${specifier}`);
  return undefined;
}

function loadNothing(id: string): string | undefined {
  return id === nothing ? "export {};" : undefined;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
