// Child processes and what they cost.

import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as rest } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Of Linux, whatever the processor: sysconf(_SC_CLK_TCK). */
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Time that a process and its threads have used, in microseconds, to the hundredth of a second. */
export function cpuMicrosOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return (1e6 * (user + system)) / ticksPerSecond;
}

/** The same of several, by what they are called. */
export function cpuByRole(processes: Readonly<Record<string, Child>>): Map<string, number> {
  return new Map(Object.entries(processes).map(([role, { pid }]) => [role, cpuMicrosOf(pid)]));
}

export type Child = {
  readonly pid: number;
  readonly port: number;
  readonly stop: () => Promise<void>;
};

/** A script's process, which answers each message with one of its own. */
export type ScriptChild = Child & { readonly tell: <Answer>(message: object) => Promise<Answer> };

/** Runs a script of this folder until it says its port. A message is sent first when there is one. */
export function startScript(
  name: string,
  args: readonly string[],
  message?: object,
): Promise<ScriptChild> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const child = fork(path, args, { serialization: "advanced", execArgv: ["--import", "tsx"] });
  if (message !== undefined) child.send(message);
  const stop = (): Promise<void> => stopChild(child);
  const tell = <Answer>(more: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      child.once("message", resolve as (answer: unknown) => void); // oxlint-disable-line no-unsafe-type-assertion -- the script's word
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
      child.send(more);
    });
  return new Promise((resolve, reject) => {
    child.once("message", (said: { port: number }) => {
      resolve({ pid: child.pid ?? 0, port: said.port, stop, tell });
    });
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

/** A program in the foreground, by the time it answers on its port. */
export async function startProgram(
  path: string,
  args: readonly string[],
  port: number,
): Promise<Child> {
  const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (text) => (complaint += String(text)));
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(complaint)));
  });
  await Promise.race([answers(port), ended]);
  ended.catch(() => undefined);
  return { pid: child.pid ?? 0, port, stop: () => stopChild(child) };
}

async function answers(port: number): Promise<void> {
  for (let left = 600; ; left -= 1) {
    const socket = connect({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (left === 0) throw error;
      await rest(50);
    } finally {
      socket.destroy();
    }
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
}
