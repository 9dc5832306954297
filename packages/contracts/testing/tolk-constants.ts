import { readFileSync } from "node:fs";

/** Reads the numbers that a Tolk source declares as `const NAME = number`. */
export function tolkConstants(source: string): (name: string) => number {
  const text = readFileSync(new URL(`../tolk/${source}`, import.meta.url), "utf8");
  const rows = text.matchAll(/^const (\w+) = (\d+)$/gm);
  const constants = new Map([...rows].map(([, name, value]) => [name, Number(value)]));
  return (name) => {
    const value = constants.get(name);
    if (value === undefined) throw new RangeError(`${source} declares no ${name}`);
    return value;
  };
}
