// Which code ran, told by V8 itself: block coverage of everything below packages/, between two looks.

import { Session } from "node:inspector/promises";

/** A block that ran: its script and where it lies there. */
export type Block = string;

export class Coverage {
  readonly #session = new Session();

  static async start(): Promise<Coverage> {
    const coverage = new Coverage();
    coverage.#session.connect();
    await coverage.#session.post("Profiler.enable");
    await coverage.#session.post("Profiler.startPreciseCoverage", {
      callCount: true,
      detailed: true,
    });
    return coverage;
  }

  /** Blocks that ran since the last look. */
  async look(): Promise<Block[]> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    return result
      .filter(({ url }) => url.includes("/packages/"))
      .flatMap(({ functions, scriptId }) =>
        functions.flatMap(({ ranges }) =>
          ranges
            .filter(({ count }) => count > 0)
            .map(({ endOffset, startOffset }) => `${scriptId}:${startOffset}:${endOffset}`),
        ),
      );
  }
}
