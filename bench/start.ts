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
const requestsDefault = 1_000;
/** After all requests, as a multiple of what was held after the first tenth of them. */
const flat = { atMost: 1.2 };

export const startBenchmark: Benchmark = {
  name: "start",
  title: "cocoon up: from nothing to the first words, and memory before and after work",
  run: async ({ isQuick, requests = isQuick ? 20 : requestsDefault }) => {
    const home = mkdtempSync(join(tmpdir(), "cocoon-bench-start-"));
    const port = await freePortBase();
    const beganMs = performance.now();
    const up = spawn(
      process.execPath,
      [command, "up", "--home", home, "--port-base", String(port)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = once(up, "exit");
    const says = async (words: RegExp): Promise<number> => {
      await Promise.race([outputHas(up.stdout, words), ended.then(refuseEarlyEnd)]);
      return (performance.now() - beganMs) / 1_000;
    };
    try {
      const [firstWords, isUp] = await Promise.all([says(firstAnswer), says(/Everything is up/)]);
      return {
        comparisons: [],
        facts: [
          { name: "until the first words of an answer", unit: "s", value: firstWords },
          { name: "until the answer is anchored and all is up", unit: "s", value: isUp },
          ...(await memoryFacts(up.pid ?? 0, port, requests)),
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

/** The question that `cocoon up` asks itself, and the beginning of what it is answered. */
const firstAnswer = /\n {2}> .+\n {2}\S/;

function outputHas(output: Readable, words: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let said = "";
    output.on("data", (text) => {
      said += String(text);
      if (words.test(said)) resolve();
    });
  });
}

/** What each process holds after the first answer, after a tenth of the requests, and after all. */
async function memoryFacts(up: number, port: number, requests: number): Promise<Fact[]> {
  const idle = memoryBelow(up);
  const tenth = Math.ceil(requests / 10);
  await askAll(port, tenth);
  const warm = memoryBelow(up);
  await askAll(port, requests - tenth);
  const worked = memoryBelow(up);
  return [...idle].flatMap(([name, bytes]): Fact[] => {
    const after = worked.get(name) ?? Number.NaN;
    return [
      { name: `${name}, idle after its first answer`, unit: "MB", value: bytes / 1e6 },
      { name: `${name}, after ${requests} more`, unit: "MB", value: after / 1e6 },
      {
        name: `${name}, the same over what it held after ${tenth}`,
        unit: "times",
        value: after / (warm.get(name) ?? Number.NaN),
        bar: flat,
      },
    ];
  });
}

async function askAll(port: number, requests: number): Promise<void> {
  let left = requests;
  const askInTurn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(port);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askInTurn));
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
