/** What is said of a series of samples: the middle, the middle half, the ends. */
export type Summary = {
  readonly median: number;
  /** The quarter of the samples below is smaller. */
  readonly low: number;
  /** The quarter of the samples above is greater. */
  readonly high: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
};

/** The value below which this part of the samples lies, 0 to 1, interpolated between neighbours (Hyndman and Fan, type 7). */
export function quantile(samples: readonly number[], part: number): number {
  if (samples.length === 0 || samples.some((sample) => Number.isNaN(sample))) {
    throw new RangeError("samples are numbers, at least one");
  }
  const sorted = samples.toSorted((left, right) => left - right);
  const position = Math.min(1, Math.max(0, part)) * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below === above ? below : below + (position % 1) * (above - below);
}

export function summarize(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    low: quantile(samples, 0.25),
    high: quantile(samples, 0.75),
    min: quantile(samples, 0),
    max: quantile(samples, 1),
    count: samples.length,
  };
}

/**
 * Ours over the yardstick, round by round. The two samples of a round were taken one after the other, so what slows the
 * whole machine for a while divides out; the ratio of the two medians would keep it.
 */
export function ratios(ours: readonly number[], yardstick: readonly number[]): number[] {
  if (ours.length !== yardstick.length) throw new RangeError("each round has one sample of each");
  return ours.map((sample, round) => sample / (yardstick[round] ?? Number.NaN));
}
