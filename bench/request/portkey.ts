// Portkey's gateway as one hop, where it is installed: it is no dependency of the project.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePortBase } from "../../packages/cli/testing/ports.ts";
import type { Options } from "../harness/benchmark.ts";
import type { Target } from "./load.ts";
import { type Child, startProgram } from "./processes.ts";

type Portkey = { readonly child: Child; readonly target: Target };

/** Portkey before the engine: nothing but OpenAI's API in and out, which is what its defaults do. */
export async function startPortkey(
  { portkey }: Pick<Options, "portkey">,
  enginePort: number,
): Promise<Portkey | { readonly skipped: string }> {
  const script = join(portkey ?? globalFolder(), "build/start-server.js");
  if (!existsSync(script)) {
    return { skipped: "it is not installed (npm i -g --ignore-scripts @portkey-ai/gateway)" };
  }
  const port = await freePortBase();
  const args = [script, `--port=${port}`, "--headless"];
  try {
    const child = await startProgram(process.execPath, args, port);
    const headers = {
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `http://127.0.0.1:${enginePort}/v1`,
      authorization: "Bearer none",
    };
    return { child, target: { port, model: "mock", headers } };
  } catch (error) {
    return { skipped: error instanceof Error ? error.message.trim() : "it did not start" };
  }
}

function globalFolder(): string {
  const root = execFileSync("npm", ["root", "-g"], { encoding: "utf8" }).trim();
  return join(root, "@portkey-ai/gateway");
}
