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
