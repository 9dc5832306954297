// Which faults come in which order: everything that a seed decides.

import { Chance } from "./chance.ts";
import type { Fault, FaultKind } from "./faults/index.ts";

/** Faults that are inflicted at once; the next come when the network has recovered. */
export type Step = readonly Fault[];

/** How often two come together. */
const pairsPart = 0.25;

/** Without an end. Each kind comes once before any comes again. */
export function* schedule(seed: string, kinds: readonly FaultKind[]): Generator<Step, never, void> {
  const order = new Chance(`${seed}/order`);
  const drawn = new Chance(`${seed}/faults`);
  let deck: FaultKind[] = [];
  const next = (): FaultKind => {
    if (deck.length === 0) deck = order.shuffle(kinds);
    const kind = deck.pop();
    if (kind === undefined) throw new RangeError("no kinds of faults");
    return kind;
  };
  for (;;) {
    const step = [next()];
    const second = order.next() < pairsPart ? next() : undefined;
    // Two that work on the same process at once would undo each other's work.
    if (second !== undefined && !clash(step[0], second)) step.push(second);
    else if (second !== undefined) deck.push(second);
    yield step.map((kind) => ({ kind: kind.kind, ...kind.draw(drawn) }));
  }
}

const works = /^(?:kill|pause|freeze|full|clock|garbling|gateway|proxy|worker)/;

function clash(first: FaultKind | undefined, second: FaultKind): boolean {
  if (first?.kind === second.kind) return true;
  return first !== undefined && works.test(first.kind) && works.test(second.kind);
}
