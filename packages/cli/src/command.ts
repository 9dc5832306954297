// What a command is, and how its arguments are read.

import { parseArgs } from "node:util";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export type Option = {
  readonly name: string;
  /** What stands for its value in the help; a flag has none. */
  readonly value?: string;
  readonly multiple?: true;
  readonly meaning: string;
};

export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The arguments, as the help shows them: "FILE". */
  readonly positionals: string;
  readonly positionalsMin: number;
  readonly positionalsMax: number;
  readonly options: readonly Option[];
  /** What the help says besides. */
  readonly details?: string;
  /** For the program's own use: not in the list. */
  readonly isInternal?: true;
  /** Loads what runs it; each command pays only for what it needs. */
  readonly load: () => Promise<Run>;
};

/** Runs a command; returns the exit status. Throws UsageError and CocoonError. */
export type Run = (given: Arguments, terminal: Terminal) => Promise<number>;

export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(positionals: readonly string[], values: Readonly<Record<string, unknown>>) {
    this.positionals = positionals;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** Each value of an option that may be given more than once. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
  }

  /** A whole number in a range; throws UsageError for anything else. */
  uint(
    name: string,
    { min, max }: { readonly min: number; readonly max: number },
  ): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`--${name} is a whole number from ${min} to ${max}`);
  }
}

/** Reads what follows the command's name. Throws UsageError. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const { positionals, values } = parseWords(command, words);
  const { positionalsMin, positionalsMax } = command;
  if (positionals.length < positionalsMin) {
    throw new UsageError(`cocoon ${command.name} needs ${command.positionals}`);
  }
  const surplus = positionals[positionalsMax];
  if (surplus !== undefined) throw new UsageError(`unexpected argument: ${surplus}`);
  return new Arguments(positionals, values);
}

function parseWords(command: Command, words: readonly string[]) {
  const options = Object.fromEntries(
    command.options.map(({ name, value, multiple = false }) => {
      const type: "boolean" | "string" = value === undefined ? "boolean" : "string";
      return [name, { type, multiple }];
    }),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's message goes on with advice about "--" that fits few cases.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(/\. |\n/)[0] ?? message);
  }
}
