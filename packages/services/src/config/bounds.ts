import { CocoonError, type JsonReader } from "@cocoon/protocol";

const weekMs = 7 * 24 * 3_600_000;

/** How often something is done, 1 ms to a week. A timer takes 0, and anything above 24 days, for "without a pause". */
export function readIntervalMs(json: JsonReader, name: string): number {
  return readCount(json, name, weekMs);
}

/** A whole number from 1. Throws option_invalid. */
export function readCount(json: JsonReader, name: string, max: number): number {
  const count = json.uint(name, max);
  if (count === 0) throw new CocoonError("option_invalid", { field: name });
  return count;
}
