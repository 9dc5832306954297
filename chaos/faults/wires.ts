// What happens to the network between two roles.

import type { Chance } from "../chance.ts";
import { chainEdges, type Edge, type Network, proxyEdges } from "../network/network.ts";
import type { Relay, RelayCounts } from "../network/relay.ts";
import { comes, type FaultKind, rest, streamWaitMs } from "./fault.ts";

const allEdges: readonly Edge[] = [...proxyEdges, ...chainEdges];

type WireFault = {
  readonly kind: string;
  readonly felt: string;
  /** What the relay counts when it has met something. */
  readonly counts: keyof RelayCounts;
  readonly edges: readonly Edge[];
  readonly range: readonly [number, number];
  readonly unit: string;
  readonly apply: (relay: Relay, amount: number) => void;
};

const wireFaults: readonly WireFault[] = [
  {
    kind: "cut wire",
    felt: "a connection was open",
    counts: "broken",
    edges: allEdges,
    range: [0, 0],
    unit: "",
    apply: (relay) => relay.cut(),
  },
  {
    kind: "mute wire",
    felt: "bytes were lost",
    counts: "swallowed",
    edges: allEdges,
    range: [0, 0],
    unit: "",
    apply: (relay) => relay.mute(),
  },
  {
    kind: "slow wire",
    felt: "bytes came late",
    counts: "delayed",
    edges: allEdges,
    range: [30, 600],
    unit: "ms late",
    apply: (relay, amount) => relay.delay(amount),
  },
  {
    kind: "truncated wire",
    felt: "a connection ended in the middle of what was said",
    counts: "broken",
    edges: allEdges,
    range: [0, 6_000],
    unit: "bytes more",
    apply: (relay, amount) => relay.truncateAfter(amount),
  },
  {
    // The chain's API is plain HTTP here, and its endpoint is believed: docs say so, and this would test nothing.
    kind: "noisy wire",
    felt: "a bit was changed",
    counts: "changed",
    edges: proxyEdges,
    range: [0, 6_000],
    unit: "bytes from here one bit is changed",
    apply: (relay, amount) => relay.changeAfter(amount),
  },
];

export const wireFaultKinds: readonly FaultKind[] = wireFaults.map((fault) => {
  return { kind: fault.kind, felt: fault.felt, draw: (chance) => drawWire(fault, chance) };
});

function drawWire(fault: WireFault, chance: Chance): ReturnType<FaultKind["draw"]> {
  const edge = chance.pick(fault.edges);
  const amount = chance.between(...fault.range);
  const ms = chance.between(200, 3_000);
  return {
    what: `${edge}${fault.unit === "" ? "" : `, ${amount} ${fault.unit}`}, for ${ms} ms`,
    inflict: (network) => spoil(network, { fault, edge, amount, ms }),
  };
}

type Spoiling = {
  readonly fault: WireFault;
  readonly edge: Edge;
  readonly amount: number;
  readonly ms: number;
};

async function spoil(
  { load, relays }: Network,
  { amount, edge, fault, ms }: Spoiling,
): Promise<boolean> {
  const relay = relays.get(edge);
  if (relay === undefined) return false;
  await comes(() => load.openStreams > 0 && relay.connectionCount > 0, streamWaitMs);
  const before = relay.counts[fault.counts];
  fault.apply(relay, amount);
  await rest(ms);
  const isFelt = relay.counts[fault.counts] > before;
  relay.mend();
  return isFelt;
}
