// Each page comes when it is opened first.

import { lazy } from "react";

export const screens = {
  verify: lazy(async () => ({ default: (await import("../verify/index.ts")).VerifyScreen })),
} as const;
