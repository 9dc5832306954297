// `cocoon up` from nothing: how long until the first words of an answer, and what each process holds at rest and after work.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import type { Readable } from "node:stream";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePortBase } from "../packages/cli/testing/ports.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import type { Fact } from "./harness/figure.ts";

const command = fileURLToPath(new URL("../packages/cli/dist/main.js", import.meta.url));
const atOnce = 8;

export const startBenchmark: Benchmark = {
  name: "start",
  title: "cocoon up: from nothing to the first words, and memory before and after work",
  run: async ({ isQuick }) => {
    const home = mkdtempSync(join(tmpdir(), "cocoon-bench-start-"));
    const port = await freePortBase();
    const answers = isQuick ? 20 : 1_000;
    const beganMs = performance.now();
    const up = spawn(
      process.execPath,
      [command, "up", "--home", home, "--port-base", String(port)],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const ended = once(up, "exit");
    try {
      await Promise.race([saysItIsUp(up.stdout), ended.then(refuseEarlyEnd)]);
      await ask(port);
      const startedMs = performance.now() - beganMs;
      const before = memoryBelow(up.pid ?? 0);
      let left = answers;
      const askInTurn = async (): Promise<void> => {
        for (; left > 0; left -= 1) await ask(port);
      };
      await Promise.all(Array.from({ length: atOnce }, askInTurn));
      const after = memoryBelow(up.pid ?? 0);
      return {
        comparisons: [],
        facts: [
          { name: "until the first answer is whole", unit: "s", value: startedMs / 1_000 },
          ...[...before].flatMap(([name, bytes]): Fact[] => [
            { name: `${name}, after its first answer`, unit: "MB", value: bytes / 1e6 },
            {
              name: `${name}, after ${answers} more`,
              unit: "MB",
              value: (after.get(name) ?? Number.NaN) / 1e6,
            },
          ]),
        ],
        notes: [
          "Resident memory of each process: chain, proxy, two workers with their engines, gateway.",
        ],
      };
    } finally {
      up.kill("SIGINT");
      await ended;
      rmSync(home, { recursive: true, force: true });
    }
  },
};

function saysItIsUp(output: Readable): Promise<void> {
  return new Promise((resolve) => {
    let said = "";
    output.on("data", (text) => {
      said += String(text);
      if (said.includes("Everything is up")) resolve();
    });
  });
}

function refuseEarlyEnd(): never {
  throw new Error("cocoon up ended by itself");
}

async function ask(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "cocoon-tiny",
      max_tokens: 16,
      messages: [{ role: "user", content: "Tell me a story." }],
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
}

/** Resident bytes of a process's descendants, by what they are. */
function memoryBelow(root: number): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  const parents = new Map(
    readdirSync("/proc").flatMap((name): [number, number][] => {
      const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
      return parent === undefined ? [] : [[Number(name), parent]];
    }),
  );
  for (const [pid, parent] of parents) {
    if (parent !== root && parents.get(parent) !== root) continue;
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const role = args[args.indexOf("role") + 1];
    const name = args.includes("role")
      ? String(role)
      : `engine ${1 + [...held.keys()].filter((known) => known.startsWith("engine")).length}`;
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    held.set(name, pages * 4_096);
  }
  return held;
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return undefined;
  }
}
