// Changes of a proof file's JSON, field by field.

import { fromBase64, toBase64 } from "@cocoon/protocol";

export type Path = readonly (string | number)[];

/** The text with another value at one place. */
export function edited(text: string, path: Path, value: unknown): string {
  return JSON.stringify(replaced(JSON.parse(text), path, value));
}

function replaced(json: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(json)) {
    return json.map((item: unknown, index) =>
      index === step ? replaced(item, rest, value) : item,
    );
  }
  if (typeof json !== "object" || json === null) throw new RangeError(`no place ${path.join(".")}`);
  const fields = Object.entries(json);
  if (!fields.some(([name]) => name === step)) fields.push([String(step), undefined]);
  return Object.fromEntries(
    fields.map(([name, item]: [string, unknown]) => [
      name,
      name === step ? replaced(item, rest, value) : item,
    ]),
  );
}

export type Leaf = { readonly path: Path; readonly value: string | number };

/** Every text and number of a file, with its path. */
export function leavesOf(text: string): readonly Leaf[] {
  return walk(JSON.parse(text), []);
}

function walk(value: unknown, path: Path): readonly Leaf[] {
  if (typeof value === "string" || typeof value === "number") return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => walk(item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => walk(item, [...path, name]));
}

/**
 * Places of a file that nobody signed: what its writer says, and what the chain alone can refute (spec 8.5.1). As far as
 * a check reads them offline too, the values that it refuses are wrong in any case.
 */
export const unproven =
  /^(verifiedAtMs|policy\..*|log\.proof\.anchor\.(transaction|lt|timestamp))$/;

/** A value of the same form that is another one. */
export function altered(value: string | number): string | number {
  if (typeof value === "number") return value + 1;
  const bytes = fromBase64(value);
  const isBase64 = bytes !== undefined && value.length > 64 && !/^[0-9a-f]+$/.test(value);
  if (isBase64) {
    const last = bytes.length - 1;
    return toBase64(bytes.with(last, (bytes[last] ?? 0) ^ 1));
  }
  return value.slice(0, -1) + (value.endsWith("1") ? "2" : "1");
}
