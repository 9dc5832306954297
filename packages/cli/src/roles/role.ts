// A role as a process runs it: prepared early, started when its network is there, closed when it is told.

import type { JsonReader } from "@cocoon/protocol";
import type { Logger } from "@cocoon/services";

/** What a role says of itself when it is up. */
export type Facts = Readonly<Record<string, string | number>>;

export type RunningRole = {
  readonly facts: Facts;
  /** Resolves when the role cannot go on. */
  readonly failed: Promise<Error>;
  readonly close: () => Promise<void>;
};

export type PreparedRole = {
  readonly start: () => Promise<RunningRole>;
  /** Instead of start(): lets go of what was prepared. */
  readonly discard: () => Promise<void>;
};

/** Does all that needs no network: reads the configuration, loads code and models. */
export type PrepareRole = (config: JsonReader, logger: Logger) => Promise<PreparedRole>;

/** Who tells a role what to do. */
export type Control = {
  /** Resolves when the role may start. */
  readonly mayStart: Promise<void>;
  /** Resolves when it has to stop. */
  readonly stopped: Promise<void>;
  readonly onReady: (facts: Facts) => void;
};

/** Runs a role until it is told to stop. Throws what it could not be prepared or started for, and what it failed of. */
export async function runRole(
  prepare: () => Promise<PreparedRole>,
  { mayStart, stopped, onReady }: Control,
): Promise<void> {
  const prepared = await prepare();
  const isStopped = stopped.then(() => true);
  if (await Promise.race([isStopped, mayStart.then(() => false)])) {
    await prepared.discard();
    return;
  }
  const running = await prepared.start();
  onReady(running.facts);
  const failure = await Promise.race([stopped, running.failed]);
  await running.close();
  if (failure !== undefined) throw failure;
}
