import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = new URL("./", import.meta.url);
const standIns = new Map([
  ["node:test", "node-test.ts"],
  ["node:assert/strict", "node-assert.ts"],
  ["node:crypto", "node-crypto.ts"],
  ["node:fs", "node-fs.ts"],
]);

/** One module with a suite of this folder and all that it imports; what is Node's is replaced by its stand-in. */
export async function bundlePage(suite: string): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(suite, here)),
    platform: "browser",
    resolve: { conditionNames: ["source", "import", "browser", "default"] },
    // TON's libraries take Node's Buffer for granted.
    transform: { inject: { Buffer: ["buffer/", "Buffer"] } },
    plugins: [
      {
        name: "stand-ins",
        resolveId(specifier) {
          const name = standIns.get(specifier);
          if (name !== undefined) return fileURLToPath(new URL(name, here));
          if (specifier.startsWith("node:")) throw new Error(`a page has no ${specifier}`);
          return undefined;
        },
      },
    ],
  });
  try {
    const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
