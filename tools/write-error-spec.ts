// Writes spec/9-errors.md and docs/idle-reasons.md from their tables: npm run spec.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errorSpec } from "./error-spec.ts";
import { idlePage } from "./idle-page.ts";

const write = (path: string, text: string): void =>
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);

write("spec/9-errors.md", errorSpec());
write("docs/idle-reasons.md", idlePage());
