// What happens to a process: it dies, it stands still, its disk is full, its clock jumps.

import { statSync } from "node:fs";
import { join } from "node:path";
import { type RoleName, roleNames } from "../../packages/cli/src/home.ts";
import type { Chance } from "../chance.ts";
import type { Network } from "../network/network.ts";
import { comes, type FaultKind, rest, streamWaitMs } from "./fault.ts";

const writers = ["proxy", "gateway", "worker-1", "worker-2", "devnet"] as const;
const clocked = ["proxy", "gateway", "worker-1", "worker-2"] as const;

/** One kind for each role, so that each is counted. */
const kills = roleNames.map((role): FaultKind => {
  return {
    kind: `kill ${role}`,
    felt: "an answer had begun to come and had not ended",
    draw: (chance) => {
      const downMs = chance.between(0, 1_500);
      return {
        what: `kill -9, down for ${downMs} ms`,
        inflict: async ({ load, roles }) => {
          const isFelt = await comes(() => load.openStreams > 0, streamWaitMs);
          await roles[role].kill();
          await rest(downMs);
          await roles[role].start();
          return isFelt;
        },
      };
    },
  };
});

const pauses = roleNames.map((role): FaultKind => {
  return {
    kind: role === "devnet" ? "freeze chain" : `pause ${role}`,
    felt:
      role === "devnet" ? "an answer came while the chain stood still" : "an answer was under way",
    draw: (chance) => {
      const ms = chance.between(300, 3_000);
      return {
        what: `stopped for ${ms} ms`,
        inflict: async ({ load, roles }) => {
          const isUnderWay = await comes(() => load.openStreams > 0, streamWaitMs);
          const before = load.acknowledged.length;
          roles[role].pause();
          await rest(ms);
          const came = load.acknowledged.length - before;
          roles[role].resume();
          return role === "devnet" ? came > 0 : isUnderWay;
        },
      };
    },
  };
});

const fullDisk: FaultKind = {
  kind: "full disk",
  felt: "the role ended for it, or said that it cannot write",
  draw: (chance) => {
    const role = chance.pick(writers);
    const slack = chance.between(0, 16_384);
    const ms = chance.between(500, 2_000);
    return {
      what: `${role} may write ${slack} bytes more, for ${ms} ms`,
      inflict: async ({ endings, home, roles }) => {
        const before = endings.length;
        const process = roles[role];
        const said = process.countInLog("storage_failed");
        process.limitFiles(largestFile(home, role) + slack);
        await comes(() => endings.length > before, ms);
        process.limitFiles(undefined);
        await process.ready;
        return endings.length > before || process.countInLog("storage_failed") > said;
      },
    };
  },
};

/** The log that grows with each commit; a database is larger, and is written in its middle. */
function largestFile(home: string, role: RoleName): number {
  const names = role === "devnet" ? ["journal"] : [`${role.replace(/-\d$/, "")}.db-wal`];
  return Math.max(0, ...names.map((name) => sizeOf(join(home, role, name))));
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

const clockJump: FaultKind = {
  kind: "clock jump",
  felt: "the role said that its clock moved, with answers under way",
  draw: (chance) => {
    const role = chance.pick(clocked);
    const offsetMs = drawOffset(chance);
    const ms = chance.between(300, 2_000);
    return {
      what: `${role}'s clock is ${offsetMs} ms off, for ${ms} ms`,
      inflict: (network) => jump(network, role, offsetMs, ms),
    };
  },
};

/** Seconds, minutes or hours, to and fro. */
function drawOffset(chance: Chance): number {
  const scale = chance.pick([5_000, 300_000, 7_200_000]);
  return chance.between(-scale, scale);
}

async function jump(
  { load, roles }: Network,
  role: RoleName,
  offsetMs: number,
  ms: number,
): Promise<boolean> {
  const process = roles[role];
  await process.ready;
  const isUnderWay = await comes(() => load.underWay > 0, streamWaitMs);
  const before = process.countInLog("chaos: clock moved");
  process.moveClock(offsetMs);
  const isFelt = await comes(() => process.countInLog("chaos: clock moved") > before, streamWaitMs);
  await rest(ms);
  process.moveClock(0);
  return isFelt && isUnderWay;
}

export const processFaults: readonly FaultKind[] = [...kills, ...pauses, fullDisk, clockJump];
