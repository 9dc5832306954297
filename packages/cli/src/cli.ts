// From words to a command to an exit status.

import { readFileSync } from "node:fs";
import { CocoonError } from "@cocoon/protocol";
import { type Command, parseArguments } from "./command.ts";
import { commands } from "./commands.ts";
import { helpOf, overview } from "./help.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Runs a command line, without the program's own name. Returns the exit status; never rejects. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name = "help", ...rest] = words;
  if (name === "--version" || name === "-v") {
    terminal.write(`cocoon ${version()}\n`);
    return 0;
  }
  if (name === "help" || name === "--help" || name === "-h") {
    const [topic] = rest;
    terminal.write(topic === undefined ? overview(commands) : helpOf(find(topic)));
    return 0;
  }
  const command = find(name);
  if (asksForHelp(rest)) {
    terminal.write(helpOf(command));
    return 0;
  }
  const given = parseArguments(command, rest);
  const run = await command.load();
  return await run(given, terminal);
}

/** What stands behind "--" is an argument, whatever it looks like. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  return own.includes("--help") || own.includes("-h");
}

function find(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new UsageError(`unknown command: ${name}`);
  return command;
}

/** The release, as its package says it. */
export function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const found: unknown = JSON.parse(text);
  const isNamed = typeof found === "object" && found !== null && "version" in found;
  return isNamed && typeof found.version === "string" ? found.version : "unknown";
}

/** One line for what must be expected; all there is for a fault of ours. */
function report(error: unknown, { note, style }: Terminal): number {
  if (error instanceof UsageError) {
    note(`${style.bad("cocoon:")} ${error.message}; see cocoon help\n`);
    return 2;
  }
  if (error instanceof CocoonError && error.code === "cancelled") return 130;
  if (error instanceof CocoonError) {
    note(`${style.bad("cocoon:")} ${error.code}: ${error.message}\n`);
    return 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  note(`${style.bad("cocoon:")} internal: an internal fault\n${stack}\n`);
  return 1;
}
