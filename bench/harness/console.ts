// A report as lines of text.

import { type Bar, type Comparison, type Fact, meets, type Report } from "./figure.ts";
import type { Summary } from "./statistics.ts";

/** Three digits that matter, with a thin grouping for large figures. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "none";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  });
}

export function barText(bar: Bar): string {
  return "atMost" in bar ? `at most ${bar.atMost}` : `at least ${bar.atLeast}`;
}

export function verdict(value: number, bar: Bar | undefined): string {
  if (bar === undefined) return "";
  return `${barText(bar)}: ${meets(value, bar) === true ? "met" : "missed"}`;
}

export function reportLines({ comparisons, facts, notes }: Report): string[] {
  return [
    ...comparisons.map(comparisonLine),
    ...facts.map(factLine),
    ...notes.map((note) => `  ${note}`),
  ];
}

function comparisonLine({ name, unit, ours, yardstick, yardstickName, ratio, bar }: Comparison) {
  const sides = `${spread(ours)} ${unit}, ${yardstickName} ${spread(yardstick)}`;
  return `  ${name}: ${sides}; ratio ${spread(ratio)} ${verdict(ratio.median, bar)}`.trimEnd();
}

function factLine({ name, value, unit, bar }: Fact): string {
  return `  ${name}: ${figure(value)} ${unit} ${verdict(value, bar)}`.trimEnd();
}

/** The median, and between which values the middle half of the samples lies. */
function spread({ median, low, high }: Summary): string {
  return `${figure(median)} (${figure(low)} to ${figure(high)})`;
}
