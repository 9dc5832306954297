// The command line of a tool. What it does not know ends with its usage and status 2, before anything is begun.

import { parseArgs, type ParseArgsConfig } from "node:util";

/** What was asked for, where `usage` says all that may be. `--help` ends with it, and status 0. */
export function readCommandLine<const Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** A number of something, which may be a part of one; undefined where it was not given. */
export function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return number > 0 ? number : refuse(`--${name} is a number above 0`);
}

/** A whole number of something; undefined where it was not given. */
export function readCount(name: string, text: string | undefined): number | undefined {
  const number = readNumber(name, text);
  if (number === undefined || Number.isSafeInteger(number)) return number;
  return refuse(`--${name} is a whole number`);
}

export function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
