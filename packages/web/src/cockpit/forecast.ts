// What a worker may earn next, from what it earned on its own last days, and nothing else.

import { type EarningsRow, nanotons, type Nanotons } from "@cocoon/protocol";
import { earningsPerDay } from "./earnings-csv.ts";

export type Forecast = {
  /** Whole days that it rests on. */
  readonly days: number;
  /** For the next seven days: as the days were on average. */
  readonly likely: Nanotons;
  /** Eight of ten weeks fall between these, if days go on to differ as they did. */
  readonly low: Nanotons;
  readonly high: Nanotons;
};

export const forecastDaysMin = 7;
const daysMax = 28;
const daysAhead = 7;
/** The middle 80 % of a normal distribution. */
const deviations = 1.2816;
const dayMs = 86_400_000;

/**
 * The mean of the last whole UTC days, 7 to 28 of them, times seven; the band is 1.28 standard deviations of a sum of seven
 * such days to either side, and not below zero. A day without earnings counts, from the first that had some. The number
 * of whole days there are, where these are too few.
 */
export function forecastOf(rows: readonly EarningsRow[], nowMs: number): Forecast | number {
  const earned = new Map(earningsPerDay(rows).map((row) => [row.day, row.earned]));
  const first = [...earned.keys()].toSorted()[0];
  const today = Math.floor(nowMs / dayMs);
  const since = first === undefined ? today : Math.floor(Date.parse(first) / dayMs);
  const days = Math.min(daysMax, today - since);
  if (days < forecastDaysMin) return Math.max(0, days);
  const samples = Array.from({ length: days }, (_, index) => {
    const day = new Date((today - days + index) * dayMs).toISOString().slice(0, 10);
    return Number(earned.get(day) ?? 0n);
  });
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / days;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (days - 1);
  const likely = mean * daysAhead;
  const reach = deviations * Math.sqrt(variance * daysAhead);
  return {
    days,
    likely: wholeNanotons(likely),
    low: wholeNanotons(likely - reach),
    high: wholeNanotons(likely + reach),
  };
}

function wholeNanotons(amount: number): Nanotons {
  return nanotons(BigInt(Math.round(Math.max(0, amount))));
}
