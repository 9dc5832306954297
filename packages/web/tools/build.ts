// Writes packages/web/dist: npm run build.

import { mkdirSync, writeFileSync } from "node:fs";
import { buildVerifyPage } from "./verify-page.ts";

const folder = new URL("../dist/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("verify.html", folder), await buildVerifyPage());
