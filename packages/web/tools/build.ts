// npm run build, and npm ci.

import { makeSite } from "./site.ts";

await makeSite();
