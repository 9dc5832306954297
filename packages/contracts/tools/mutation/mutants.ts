// Every way to break a contract that is tried: each edit of its source and of what it imports.

import { readdirSync } from "node:fs";
import { type contractSources, readTolk } from "../compile.ts";
import { applyEdit, editsOf } from "./operators.ts";
import { enumsOf } from "./tolk-text.ts";

/** The Tolk entry point of a contract. */
export type Entry = (typeof contractSources)[number]["entry"];

/** A contract with one thing wrong. */
export type Mutant = {
  readonly entry: Entry;
  /** The Tolk file that was changed. */
  readonly file: string;
  readonly line: number;
  /** What names it in survivors.json: file, line of code, change; the same as long as these are. */
  readonly name: string;
  /** The whole file, changed. */
  readonly text: string;
};

const folder = new URL("../../tolk/", import.meta.url);

/** Only names: that each refusal says the right one is tried where it is thrown. */
const namesOnly = "errors.tolk";

/** The entry point and all that it imports of ours. */
export function filesOf(entry: string): readonly string[] {
  const files = [entry];
  for (const file of files) {
    for (const [, name = ""] of readTolk(file).matchAll(/^import "([\w-]+)"$/gm)) {
      if (!files.includes(`${name}.tolk`)) files.push(`${name}.tolk`);
    }
  }
  return files.filter((file) => file !== namesOnly);
}

/** The contract as it is: its tests must pass, or nothing that they kill means anything. */
export function originalOf(entry: Entry): Mutant {
  return { entry, file: entry, line: 1, name: "the original", text: readTolk(entry) };
}

export function mutantsOf(entry: Entry): readonly Mutant[] {
  const sources = readdirSync(folder).filter((file) => file.endsWith(".tolk"));
  const enums = new Map(sources.flatMap((file) => [...enumsOf(readTolk(file))]));
  const seen = new Map<string, number>();
  return filesOf(entry).flatMap((file) => {
    const source = readTolk(file);
    return editsOf(source, enums).map((edit) => {
      const line = source.slice(0, edit.start).split("\n").length;
      const code = source.split("\n")[line - 1]?.trim() ?? "";
      const removed = shorten(source.slice(edit.start, edit.end));
      const base = `${file}: ${code}: ${removed} → ${edit.text.trim() || "nothing"}`;
      const nth = (seen.get(base) ?? 0) + 1;
      seen.set(base, nth);
      const name = nth === 1 ? base : `${base} (${nth})`;
      return { entry, file, line, name, text: applyEdit(source, edit) };
    });
  });
}

function shorten(text: string): string {
  const flat = text.trim().replaceAll(/\s+/g, " ");
  return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat;
}
