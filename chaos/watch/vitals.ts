// What a process holds, from /proc: memory, file handles, sockets.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export type Vitals = {
  readonly memoryBytes: number;
  readonly handles: number;
  readonly sockets: number;
};

const pageBytes = 4_096;

/** Undefined for a process that is gone. */
export function readVitals(pid: number): Vitals | undefined {
  try {
    const [, pages = "0"] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    const links = readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(pid, name));
    return {
      memoryBytes: Number(pages) * pageBytes,
      handles: links.length,
      sockets: links.filter((link) => link.startsWith("socket:")).length,
    };
  } catch {
    return undefined;
  }
}

function linkOf(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${name}`);
  } catch {
    return "";
  }
}

/** Of a process at rest, between two seeds. */
export type Resting = { readonly role: string; readonly pid: number; readonly vitals: Vitals };

/** What one process held at its first rest and at its last, and how many rests lay between. */
export type Growth = {
  readonly role: string;
  readonly rests: number;
  readonly first: Vitals;
  readonly last: Vitals;
};

/** Of each role the process that lived longest; none that was seen once. */
export function growthOf(rests: readonly Resting[]): readonly Growth[] {
  const longest = new Map<string, Growth>();
  for (const { pid, role } of rests) {
    const own = rests.filter((resting) => resting.pid === pid).map(({ vitals }) => vitals);
    const [first] = own;
    const last = own.at(-1);
    if (first === undefined || last === undefined || own.length < 2) continue;
    if (own.length > (longest.get(role)?.rests ?? 0)) {
      longest.set(role, { role, rests: own.length, first, last });
    }
  }
  return [...longest.values()];
}
