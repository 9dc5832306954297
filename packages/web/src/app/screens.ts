// Each page comes when it is opened first; the chat, where most begin, with the page itself.

import { lazy } from "react";
import { ChatScreen } from "../chat/index.ts";

export const screens = {
  network: lazy(async () => ({ default: (await import("../explorer/index.ts")).ExplorerScreen })),
  chat: ChatScreen,
  cockpit: lazy(async () => ({ default: (await import("../cockpit/index.ts")).CockpitScreen })),
  market: lazy(async () => ({ default: (await import("../market/index.ts")).MarketScreen })),
  verify: lazy(async () => ({ default: (await import("../verify/index.ts")).VerifyScreen })),
} as const;
