// Many streams that last: their cost beside nginx, and what a proxy holds for connections that do nothing.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createSigningKey, primitives } from "@cocoon/protocol";
import type { Peer } from "@cocoon/sdk";
import { dial } from "@cocoon/services";
import type { Benchmark, Options } from "../harness/benchmark.ts";
import { type Comparison, comparisonOf, type Fact } from "../harness/figure.ts";
import { quantile } from "../harness/statistics.ts";
import { startNetwork } from "../request/cocoon-network.ts";
import { ask, type Target } from "../request/load.ts";
import { startNginx } from "../request/nginx.ts";
import { type Child, cpuByRole, startScript } from "../request/processes.ts";
import { compareRelayed } from "./relayed.ts";
import { networkId, rootAddress } from "./terms.ts";

const pauseMs = 10;
const pacedStreams = 200;
const chunkBytes = 150;
const dialedAtOnce = 50;

export const streamsBenchmark: Benchmark = {
  name: "streams",
  title: "Streams: 200 of 50 chunks with 10 ms between them, and connections that rest",
  run: async (options) => {
    const paced = await comparePaced(options);
    const relayed = await compareRelayed(options);
    const rested = await measureConnections(
      options.isQuick ? 500 : 10_000,
      options.isQuick ? 100 : 2_000,
    );
    return {
      comparisons: [...paced.comparisons, ...relayed.comparisons],
      facts: [...paced.facts, ...rested],
      notes: [
        "CPU: user and system time of gateway, proxy and worker together, sealed and receipted, beside nginx that does nothing but relay.",
        "Connections: TLS 1.3 with both hellos, from one process to another; memory is the listener's resident set.",
        "A relayed chunk: what streams of 200 chunks, 40 at once with 20 ms between the chunks, cost the proxy more than streams of 50, by the chunk. nginx relays as many bytes, over a connection for each stream.",
        ...paced.notes,
        ...relayed.notes,
      ],
    };
  },
};

type Paced = {
  readonly comparisons: Comparison[];
  readonly facts: Fact[];
  readonly notes: string[];
};

async function comparePaced(options: Options): Promise<Paced> {
  const engine = await startScript("mock-engine.ts", [String(pauseMs)]);
  const network = await startNetwork(engine.port);
  const nginx = await startNginx(options, engine.port);
  try {
    const streams = options.isQuick ? 20 : pacedStreams;
    const rounds = options.isQuick ? 2 : 7;
    const own = { port: network.port, model: network.model };
    const ours: number[] = [];
    const theirs: number[] = [];
    await ask(own, streams, streams);
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await cpuOf(network.roles, own, streams));
      if (!("child" in nginx)) continue;
      const target = { port: nginx.child.port, model: "mock" };
      theirs.push(await cpuOf({ nginx: nginx.child }, target, streams));
    }
    const name = `CPU time of a stream, ${streams} at a time`;
    if ("skipped" in nginx) {
      const value = quantile(ours, 0.5);
      return {
        comparisons: [],
        facts: [{ name, unit: "ms", value }],
        notes: [`nginx: skipped, ${nginx.skipped}.`],
      };
    }
    const comparison = comparisonOf({
      name,
      unit: "ms CPU",
      yardstickName: "two hops through nginx",
      ours,
      yardstick: theirs,
      bar: { atMost: 1.3 },
    });
    return { comparisons: [comparison], facts: [], notes: [] };
  } finally {
    if ("child" in nginx) await nginx.child.stop();
    await network.stop();
    await engine.stop();
  }
}

/** Milliseconds of processor time for each of so many streams at once. */
async function cpuOf(
  processes: Readonly<Record<string, Child>>,
  target: Target,
  streams: number,
): Promise<number> {
  const before = cpuByRole(processes);
  await ask(target, streams, streams);
  const micros = [...cpuByRole(processes)].map(([role, now]) => now - (before.get(role) ?? 0));
  return micros.reduce((sum, part) => sum + part, 0) / 1_000 / streams;
}

/** So many connections at rest, then a stream on some of them: what each costs, and how late a chunk comes back. */
async function measureConnections(count: number, live: number): Promise<Fact[]> {
  const keeper = fork(fileURLToPath(new URL("keeper.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx", "--expose-gc"],
  });
  const { port } = await heard(keeper);
  const peers: Peer[] = [];
  try {
    const before = await memoryOf(keeper);
    while (peers.length < count) {
      const more = Math.min(dialedAtOnce, count - peers.length);
      peers.push(...(await Promise.all(Array.from({ length: more }, () => dialKeeper(port)))));
    }
    const rested = await memoryOf(keeper);
    const delaysMs = (await Promise.all(peers.slice(0, live).map((peer) => echo(peer)))).flat();
    const busy = await memoryOf(keeper);
    const kilobytes = (bytes: number): number => bytes / 1_000;
    return [
      {
        name: `memory of a connection, ${count} at rest`,
        unit: "kB",
        value: kilobytes(rested - before) / count,
        bar: { atMost: 80 },
      },
      {
        name: `the same with ${live} streams at work`,
        unit: "kB",
        value: kilobytes(busy - before) / count,
        bar: { atMost: 80 },
      },
      {
        name: `a chunk there and back on ${live} streams, p50`,
        unit: "ms",
        value: quantile(delaysMs, 0.5),
      },
      {
        name: `a chunk there and back on ${live} streams, p99`,
        unit: "ms",
        value: quantile(delaysMs, 0.99),
      },
    ];
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
    keeper.kill();
  }
}

function dialKeeper(port: number): Promise<Peer> {
  return dial({
    host: "127.0.0.1",
    port,
    identity: createSigningKey(primitives.randomBytes(32)),
    role: "worker",
    networkId,
    rootAddress,
    handshakeTimeoutMs: 60_000,
  });
}

const echoes = 20;
const betweenMs = 500;
const jobKind = 2;

/** Milliseconds until each of some chunks was back. */
async function echo({ connection }: Peer): Promise<number[]> {
  const stream = connection.open(jobKind);
  const chunk = primitives.randomBytes(chunkBytes);
  const delaysMs: number[] = [];
  for (let count = 0; count < echoes; count += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, betweenMs * Math.random() * 2);
    });
    const sentMs = performance.now();
    await stream.send(chunk);
    await stream.read();
    delaysMs.push(performance.now() - sentMs);
  }
  stream.end();
  return delaysMs;
}

async function memoryOf(keeper: ChildProcess): Promise<number> {
  const said = heard(keeper);
  keeper.send("memory");
  return (await said).memoryBytes;
}

/** What keeper.ts says: first its port, then its memory as often as it is asked. */
type Said = { readonly port: number; readonly memoryBytes: number };

function heard(keeper: ChildProcess): Promise<Said> {
  return new Promise((resolve, reject) => {
    keeper.once("message", (said: Said) => resolve(said));
    keeper.once("error", reject);
  });
}
