import { readFileSync } from "node:fs";

/** A line of the built code that stands in for another, in one process. */
export type Patch = {
  /** From `packages/`, such as `sdk/dist/spend/purse.js`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
};

/** Throws where the code is not what a patch expects: a role with such a patch would never come up. */
export function checkPatches(patches: readonly Patch[]): void {
  for (const { file, find } of patches) {
    const text = readFileSync(new URL(`../../packages/${file}`, import.meta.url), "utf8");
    const count = text.split(find).length - 1;
    if (count !== 1) throw new RangeError(`${file} has ${count} times: ${find}`);
  }
}
