// Writes docs/costs.md from what operations were measured to cost: npm run costs.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { costsPage, readGasTable } from "./costs.ts";

const page = fileURLToPath(new URL("../docs/costs.md", import.meta.url));
writeFileSync(page, costsPage(readGasTable()));
