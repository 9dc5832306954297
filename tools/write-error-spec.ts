// Writes spec/9-errors.md from the error table: npm run spec.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errorSpec } from "./error-spec.ts";

writeFileSync(fileURLToPath(new URL("../spec/9-errors.md", import.meta.url)), errorSpec());
