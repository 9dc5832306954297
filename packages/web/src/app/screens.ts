// Each page comes when it is opened first.

import { lazy } from "react";

export const screens = {
  network: lazy(async () => ({ default: (await import("../explorer/index.ts")).ExplorerScreen })),
  chat: lazy(async () => ({ default: (await import("../chat/index.ts")).ChatScreen })),
  cockpit: lazy(async () => ({ default: (await import("../cockpit/index.ts")).CockpitScreen })),
  market: lazy(async () => ({ default: (await import("../market/index.ts")).MarketScreen })),
  verify: lazy(async () => ({ default: (await import("../verify/index.ts")).VerifyScreen })),
} as const;
