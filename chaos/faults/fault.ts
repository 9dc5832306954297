import type { Chance } from "../chance.ts";
import type { Network } from "../network/network.ts";

/** What is done to the network and undone again. Its parameters follow from the seed alone. */
export type Fault = {
  /** Such as `kill`. */
  readonly kind: string;
  /** What exactly, for whoever reads the schedule. */
  readonly what: string;
  /** Resolves, with everything mended, to whether it was provably felt. */
  readonly inflict: (network: Network) => Promise<boolean>;
};

/** A kind of fault: draws one of it. */
export type FaultKind = {
  readonly kind: string;
  /** How its counter is to be read. */
  readonly felt: string;
  readonly draw: (chance: Chance) => Omit<Fault, "kind">;
};

export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves to whether the condition came true in the given time. */
export async function comes(look: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!look()) {
    if (performance.now() > deadline) return false;
    await rest(10);
  }
  return true;
}

/** A fault counts only when it meets answers that are under way. */
export const streamWaitMs = 20_000;
