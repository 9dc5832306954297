import type { Report } from "./figure.ts";
import type { Machine } from "./machine.ts";
import type { Effort } from "./rounds.ts";

export type Options = {
  /** A tenth of the work: shows that everything runs, measures nothing well. */
  readonly isQuick: boolean;
  readonly effort: Effort;
  /** How large a log is grown; 1,000,000 where nothing is said. */
  readonly leaves: number | undefined;
  /** How long it may grow at most, on a slow machine; 60 where nothing is said. */
  readonly minutes: number | undefined;
  /** How many requests a network serves while its memory is watched; 1,000 where nothing is said. */
  readonly requests: number | undefined;
  /** The nginx to stand beside, when it is not on the path. */
  readonly nginx: string | undefined;
  /** The folder of the `@portkey-ai/gateway` to stand beside, when it is not among npm's global packages. */
  readonly portkey: string | undefined;
};

export type Benchmark = {
  /** One word, as it is selected on the command line. */
  readonly name: string;
  readonly title: string;
  readonly run: (options: Options) => Promise<Report>;
};

/** What a run leaves in bench/results. */
export type Result = Report & {
  readonly name: string;
  readonly title: string;
  readonly isQuick: boolean;
  readonly machine: Machine;
};
