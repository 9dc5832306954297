// A module hook that changes what is loaded, and refuses to when the code is not what it expects.
/* oxlint-disable no-unsafe-assignment, no-unsafe-return -- plain JavaScript, outside of the project's types */

import { readFile } from "node:fs/promises";

/** @type {{ file: string, find: string, replace: string }[]} */
let patches = [];

export function initialize(given) {
  patches = given;
}

export async function load(url, context, nextLoad) {
  const wanted = patches.filter(({ file }) => url.endsWith(`/packages/${file}`));
  if (wanted.length === 0) return nextLoad(url, context);
  let source = await readFile(new URL(url), "utf8");
  for (const { file, find, replace } of wanted) {
    const parts = source.split(find);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${find}`);
    source = parts.join(replace);
  }
  return { format: "module", source, shortCircuit: true };
}
