import type { Report } from "./figure.ts";
import type { Machine } from "./machine.ts";
import type { Effort } from "./rounds.ts";

export type Options = {
  /** A tenth of the work: shows that everything runs, measures nothing well. */
  readonly isQuick: boolean;
  readonly effort: Effort;
  /** The nginx to stand beside, when it is not on the path. */
  readonly nginx: string | undefined;
  /** The start script of @portkey-ai/gateway, installed somewhere else. */
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
