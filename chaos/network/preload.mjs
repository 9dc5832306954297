// Loaded into a role's process before the role: gives it a clock that can be set, and takes lines of its code out for
// others. The product knows nothing of it.
/* oxlint-disable no-unsafe-assignment, no-unsafe-return -- plain JavaScript, outside of the project's types */

import { readFileSync } from "node:fs";
import { register } from "node:module";

const { CHAOS_CLOCK: clockPath, CHAOS_PATCHES: patches } = process.env;

if (patches !== undefined) {
  register("./patch-hook.mjs", { parentURL: import.meta.url, data: JSON.parse(patches) });
}

const realNow = Date.now;
let offsetMs = 0;
Date.now = () => realNow() + offsetMs;
process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(clockPath, "utf8"));
  process.stderr.write(`chaos: clock moved by ${offsetMs} ms\n`);
});
