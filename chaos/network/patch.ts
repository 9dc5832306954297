/** A line of the built code that stands in for another, in one process. */
export type Patch = {
  /** From `packages/`, such as `sdk/dist/spend/purse.js`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
};
