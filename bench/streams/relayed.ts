// What one more chunk costs the proxy, beside nginx relaying the same bytes: the difference of long streams and short ones, so
// that nothing counts that comes once a request.

import type { Options } from "../harness/benchmark.ts";
import { comparisonOf, type Report } from "../harness/figure.ts";
import { startNetwork } from "../request/cocoon-network.ts";
import { ask } from "../request/load.ts";
import { type Child, cpuMicrosOf, startScript } from "../request/processes.ts";
import { readThrough, startByteStream } from "./byte-stream.ts";

/** Longer than the tick of a worker, which would put two into one frame. */
const pauseMs = 20;
/** A chunk of the mock engine as it travels: padded to 256 bytes and sealed, in a frame of the wire. */
const bytesOnTheWire = 290;
const shortChunks = 50;
const bar = { atMost: 1.4 };

/** Reads streams of this many chunks each, so many at once. */
type ReadStreams = (streams: number, chunks: number) => Promise<unknown>;

export async function compareRelayed(options: Options): Promise<Report> {
  const engine = await startScript("mock-engine.ts", [String(pauseMs)]);
  const network = await startNetwork(engine.port);
  const source = await startScript("../streams/chunk-source.ts", [
    String(pauseMs),
    String(bytesOnTheWire),
  ]);
  const nginx = await startByteStream(options, source.port);
  try {
    const name = "CPU time of a relayed chunk, proxy alone";
    const unit = "µs CPU";
    const ours: number[] = [];
    const theirs: number[] = [];
    const target = { port: network.port, model: network.model };
    const askStreams: ReadStreams = (streams, chunks) =>
      ask({ ...target, chunks }, streams, streams);
    for (let round = 0; round < (options.isQuick ? 2 : 7); round += 1) {
      ours.push(await microsOfChunk(network.roles.proxy, askStreams, options.isQuick));
      if (!("child" in nginx)) continue;
      const { child } = nginx;
      const readStreams: ReadStreams = (streams, chunks) =>
        readThrough(child.port, streams, chunks);
      theirs.push(await microsOfChunk(child, readStreams, options.isQuick));
    }
    const yardstickName = "nginx stream, TLS on both sides";
    return "child" in nginx
      ? {
          comparisons: [comparisonOf({ name, unit, yardstickName, ours, yardstick: theirs, bar })],
          facts: [],
          notes: [],
        }
      : { comparisons: [], facts: [], notes: [`nginx stream: skipped, ${nginx.skipped}.`] };
  } finally {
    if ("child" in nginx) await nginx.child.stop();
    await source.stop();
    await network.stop();
    await engine.stop();
  }
}

async function microsOfChunk({ pid }: Child, read: ReadStreams, isQuick: boolean): Promise<number> {
  const [streams, longChunks] = isQuick ? [10, 100] : [40, 200];
  const spent = async (chunks: number): Promise<number> => {
    const before = cpuMicrosOf(pid);
    await read(streams, chunks);
    return cpuMicrosOf(pid) - before;
  };
  const short = await spent(shortChunks);
  const long = await spent(longChunks);
  return (long - short) / (streams * (longChunks - shortChunks));
}
