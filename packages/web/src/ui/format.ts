// Figures and times, as the language has them.

import { formatTon } from "@cocoon/protocol";
import type { Language } from "../text/index.ts";

export function formatCount(language: Language, amount: number): string {
  return amount.toLocaleString(language);
}

/** The first and last digits of what is too long to read. */
export function shorten(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 6)}…${hex.slice(-6)}`;
}

/** Nanotons as TON; what would have more than six digits behind the point keeps its first three that count. */
export function formatShortTon(amount: bigint): string {
  const text = formatTon(amount);
  const [whole = "0", fraction = ""] = text.split(".");
  if (fraction.length <= 4) return text;
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const kept = fraction.slice(0, whole === "0" ? Math.max(4, zeros + 3) : 4).replace(/0+$/, "");
  return kept === "" ? whole : `${whole}.${kept}`;
}

/** How long ago, in the largest unit that fits. */
export function formatAgo(language: Language, ms: number): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const seconds = Math.round(ms / 1_000);
  if (Math.abs(seconds) < 60) return format.format(-seconds, "second");
  if (Math.abs(seconds) < 3_600) return format.format(-Math.round(seconds / 60), "minute");
  if (Math.abs(seconds) < 86_400) return format.format(-Math.round(seconds / 3_600), "hour");
  return format.format(-Math.round(seconds / 86_400), "day");
}

/** A receipt may name a time that no calendar has. */
export function formatTime(language: Language, unixMs: number): string {
  const time = new Date(unixMs);
  if (Number.isNaN(time.getTime())) return `${unixMs} ms`;
  return time.toLocaleString(language, { dateStyle: "medium", timeStyle: "medium" });
}

export function formatBytes(language: Language, bytes: number): string {
  const [amount, unit] = bytes < 1_000 ? [bytes, "byte"] : [bytes / 1_000, "kilobyte"];
  const digits = { maximumFractionDigits: 1 };
  return amount.toLocaleString(language, { style: "unit", unit, ...digits });
}
