// What processor time went into, from a profile of V8's.

import type { Profiler } from "node:inspector";

export const causes = [
  "crypto",
  "HTTP",
  "wire and relay",
  "store",
  "JSON and chunks",
  "garbage collection",
  "rest",
] as const;
export type Cause = (typeof causes)[number];

type Node = Profiler.ProfileNode;

/**
 * Where a function stands says its cause. Places are paths from the last `node_modules` or `packages` on, or the names of
 * Node's own modules.
 */
const places: readonly (readonly [Cause, RegExp])[] = [
  ["crypto", /^node:internal\/crypto\//],
  ["crypto", /^@noble\//],
  ["crypto", /^protocol\/dist\/(primitives|sealing|keys|cose|tlog)\//],
  ["store", /^@?libsql\//],
  ["store", /^services\/dist\/(store|ledger|log)\//],
  ["HTTP", /^node:(_http|internal\/(http|deps\/undici))/],
  ["HTTP", /^@?hono\//],
  ["HTTP", /^services\/dist\/http\//],
  ["JSON and chunks", /^protocol\/dist\/(codec\/json|openai\/)/],
  ["JSON and chunks", /^sdk\/dist\/(api|chat)\//],
  ["JSON and chunks", /^services\/dist\/engine\//],
  ["wire and relay", /^ws\//],
  ["wire and relay", /^node:_?tls/],
  ["wire and relay", /^protocol\/dist\/(wire|codec|receipt)\//],
  ["wire and relay", /^services\/dist\/(transport|proxy)\//],
  ["wire and relay", /^sdk\/dist\/carrier\//],
];

/**
 * The time that was sampled in functions of each cause, in microseconds. A function that may serve anything, as one that
 * joins bytes, counts for the nearest of its callers that has a cause. Time without work is left out.
 */
export function timeByCause({ nodes, samples, timeDeltas }: Profiler.Profile): Map<Cause, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map<Node, Node>();
  for (const node of nodes) {
    for (const child of node.children ?? []) {
      const called = byId.get(child);
      if (called !== undefined) callers.set(called, node);
    }
  }
  const micros = new Map<Cause, number>(causes.map((cause) => [cause, 0]));
  for (const [index, id] of (samples ?? []).entries()) {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === "(idle)") continue;
    const cause = causeOf(node, callers);
    micros.set(cause, (micros.get(cause) ?? 0) + (timeDeltas?.[index] ?? 0));
  }
  return micros;
}

function causeOf(sampled: Node, callers: ReadonlyMap<Node, Node>): Cause {
  if (sampled.callFrame.functionName === "(garbage collector)") return "garbage collection";
  for (let node: Node | undefined = sampled; node !== undefined; node = callers.get(node)) {
    const place = node.callFrame.url.replace(/^.*\/(?:node_modules|packages)\//, "");
    const found = places.find(([, pattern]) => pattern.test(place));
    if (found !== undefined) return found[0];
  }
  return "rest";
}
