// Workers whose engines have a valve and whose cables can be cut.

import type { LlamaEngine, RunningGateway, RunningWorker } from "@cocoon/services";
import { get } from "./ask.ts";
import type { Cable } from "./cable.ts";
import { type Network, waitFor, type WorkerOptions } from "./harness.ts";
import { ValvedEngine } from "./valve.ts";

export type Rig = {
  /** Of the worker, hex. */
  readonly id: string;
  readonly engine: ValvedEngine;
  readonly real: LlamaEngine;
  readonly cable: Cable;
  readonly worker: RunningWorker;
};

export async function startRig(
  network: Network,
  name: string,
  options: Pick<WorkerOptions, "attester" | "changes" | "monitor" | "now"> = {},
): Promise<Rig> {
  const cable = await network.layCable();
  let engines: Pick<Rig, "engine" | "real"> | undefined;
  const worker = await network.startWorker(name, {
    ...options,
    cable,
    engine: (real) => {
      const engine = new ValvedEngine(real);
      engines = { engine, real };
      return engine;
    },
  });
  if (engines === undefined) throw new RangeError("no engine");
  return { ...engines, id: worker.workerId, cable, worker };
}

/** Resolves when so many workers are listed by the proxy. */
export async function joined(gateway: RunningGateway, count: number): Promise<void> {
  await waitFor(`${count} workers are there`, async () => {
    const status = await get<{ workers?: readonly unknown[] }>(gateway, "/v1/status");
    return status.workers?.length === count;
  });
}

/** All rigs of a network, held and let go together. */
export class Rigs {
  readonly all: readonly Rig[];

  constructor(...rigs: readonly Rig[]) {
    this.all = rigs;
  }

  /** Every answer stops after so many deltas. */
  hold(deltas: number): void {
    for (const { engine } of this.all) engine.hold(deltas);
  }

  release(): void {
    for (const { engine } of this.all) engine.release();
  }

  /** The rig whose answer waits behind its valve. The others let everything pass from now on. */
  async answering(): Promise<Rig> {
    const answering = await waitFor("an answer waits", () =>
      this.all.find(({ engine }) => engine.held > 0),
    );
    for (const rig of this.all) if (rig !== answering) rig.engine.release();
    return answering;
  }

  cut(): void {
    for (const { cable } of this.all) cable.cut();
  }

  /** Lets everything pass, and resolves when all are back. */
  async mend(gateway: RunningGateway): Promise<void> {
    for (const { cable } of this.all) cable.mend();
    this.release();
    await joined(gateway, this.all.length);
  }

  /** Resolves when no engine has anything to do. */
  async rest(): Promise<void> {
    await waitFor("the engines rest", () =>
      this.all.every(({ engine }) => engine.load().active === 0),
    );
  }
}
