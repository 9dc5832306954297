// Each page comes when it is opened first.

import { lazy } from "react";

export const screens = {
  network: lazy(async () => ({ default: (await import("../explorer/index.ts")).ExplorerScreen })),
  market: lazy(async () => ({ default: (await import("../market/index.ts")).MarketScreen })),
  verify: lazy(async () => ({ default: (await import("../verify/index.ts")).VerifyScreen })),
} as const;
