// Why something was refused, failed or idles, in languages other than English: the protocol's tables have the English
// sentences, and every code of theirs has one here. Loaded when the first is shown.

import { type Language, useLanguage } from "../text/index.ts";
import { later } from "../ui/index.ts";
import { useEffect } from "react";
import type { Reasons } from "./sentences.ts";

const byLanguage = {
  en: later(() => Promise.resolve(undefined)),
  ar: later(async () => (await import("./arabic.ts")).arabic),
  ja: later(async () => (await import("./japanese.ts")).japanese),
} as const satisfies Readonly<Record<Language, unknown>>;

/** Undefined in English, and until they are there. */
export function useReasons(): Reasons | undefined {
  const reasons = byLanguage[useLanguage()];
  useEffect(reasons.want, [reasons]);
  return reasons.usePart();
}
