// A process of its own that grows a log until it has so many leaves, or is killed: node log-growth.ts FOLDER LEAVES
// It writes one JSON line when it is ready, and one each time a checkpoint is out.

import { toHex } from "@cocoon/protocol";
import { randomFillSync } from "node:crypto";
import { openDeskRig } from "./desk-rig.ts";

/** What one line says. Memory is of the whole process, resident. */
export type GrowthLine = {
  readonly event: "ready" | "published";
  readonly size: number;
  readonly checkpoint: string;
  readonly residentBytes: number;
  /** What opening the database and the log took. */
  readonly openMs: number;
};

const [folder = "", leavesText = "0"] = process.argv.slice(2);
const leaves = Number(leavesText);
const leavesPerTransaction = 500;
const leavesPerCheckpoint = 20_000;
const receiptBytes = 385;

const beforeMs = performance.now();
const rig = await openDeskRig(folder);
const openMs = performance.now() - beforeMs;
tell("ready");
while (rig.log.size < leaves) {
  const goal = Math.min(leaves, rig.log.size + leavesPerCheckpoint);
  while (rig.log.size < goal) await appendSome(Math.min(leavesPerTransaction, goal - rig.log.size));
  await rig.log.publishCheckpoint();
  await rig.tiles.publish();
  tell("published");
}
rig.store.close();

async function appendSome(count: number): Promise<void> {
  const entries = Array.from({ length: count }, () => {
    const receipt = randomFillSync(new Uint8Array(receiptBytes));
    return { request: toHex(receipt.subarray(4, 20)), receipt };
  });
  await rig.store.commit((db) => rig.log.append(db, entries));
}

function tell(event: GrowthLine["event"]): void {
  const line: GrowthLine = {
    event,
    size: rig.log.size,
    checkpoint: rig.log.newestCheckpoint()?.note ?? "",
    residentBytes: process.memoryUsage.rss(),
    openMs,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
