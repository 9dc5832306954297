import type { Bar, Comparison } from "./figure.ts";
import { comparisonOf } from "./figure.ts";
import { type Effort, runRounds } from "./rounds.ts";

/** One operation and the raw work that it cannot do without. */
export type Operation = {
  readonly name: string;
  readonly ours: () => unknown;
  readonly yardstickName: string;
  readonly yardstick: () => unknown;
  /** Of the ratio of their CPU times. */
  readonly bar?: Bar;
};

/** Compares the CPU time of the two, one after the other at a time. */
export async function compareOperation(operation: Operation, effort: Effort): Promise<Comparison> {
  const { name, yardstickName, bar } = operation;
  const [ours, yardstick] = await runRounds(
    [
      { name, run: repeat(operation.ours) },
      { name: yardstickName, run: repeat(operation.yardstick) },
    ],
    effort,
  );
  return comparisonOf({
    name,
    unit: "µs CPU",
    yardstickName,
    ours: ours?.cpu ?? [],
    yardstick: yardstick?.cpu ?? [],
    ...(bar !== undefined && { bar }),
  });
}

/** Awaits only what is a promise: a needless turn of the event loop would count as the operation's. */
function repeat(operation: () => unknown): (times: number) => Promise<void> {
  return async (times) => {
    for (let done = 0; done < times; done += 1) {
      const result = operation();
      if (result instanceof Promise) await result;
    }
  };
}
