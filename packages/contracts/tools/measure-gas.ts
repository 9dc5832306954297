// Writes gas.json: what each operation of our contracts costs. Part of npm run contracts

import { writeFileSync } from "node:fs";
import { measureGas } from "../testing/gas.ts";

const table = `${JSON.stringify(await measureGas(), undefined, 2)}\n`;
writeFileSync(new URL("../gas.json", import.meta.url), table);
