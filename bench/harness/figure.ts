// What a benchmark reports: figures beside a yardstick, and figures that stand alone.

import { ratios, type Summary, summarize } from "./statistics.ts";

/** What a figure should reach. A bar is reported, it fails nothing. */
export type Bar = { readonly atMost: number } | { readonly atLeast: number };

/** Ours beside what it is measured against, in the same rounds. */
export type Comparison = {
  readonly name: string;
  /** Of the two summaries. */
  readonly unit: string;
  readonly yardstickName: string;
  readonly ours: Summary;
  readonly yardstick: Summary;
  /** Ours over the yardstick's. */
  readonly ratio: Summary;
  /** Of the ratio. */
  readonly bar?: Bar;
};

/** A figure with no yardstick but its bar. */
export type Fact = {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly bar?: Bar;
};

export type Report = {
  readonly comparisons: readonly Comparison[];
  readonly facts: readonly Fact[];
  /** What was left out and why, and what a reader must know of the figures. */
  readonly notes: readonly string[];
};

/** Whether a value meets its bar; undefined where there is none. */
export function meets(value: number, bar: Bar | undefined): boolean | undefined {
  if (bar === undefined) return undefined;
  return "atMost" in bar ? value <= bar.atMost : value >= bar.atLeast;
}

type Samples = {
  readonly name: string;
  readonly unit: string;
  readonly yardstickName: string;
  /** One for each round, as the yardstick's. */
  readonly ours: readonly number[];
  readonly yardstick: readonly number[];
  readonly bar?: Bar;
};

/** A comparison of samples that were taken in pairs. */
export function comparisonOf({ ours, yardstick, ...rest }: Samples): Comparison {
  return {
    ...rest,
    ours: summarize(ours),
    yardstick: summarize(yardstick),
    ratio: summarize(ratios(ours, yardstick)),
  };
}
