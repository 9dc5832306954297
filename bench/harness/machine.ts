import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** Where and when figures were taken. It names no host and no user. */
export type Machine = {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Processes waiting for a core, averaged over a minute, as the run began: above the cores, others were at work too. */
  readonly load: number;
  readonly commit: string;
  readonly takenAt: string;
};

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
    node: process.version,
    load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
    commit: commitName(),
    takenAt: new Date().toISOString(),
  };
}

function systemName(): string {
  const kernel = `${platform()} ${release()} ${arch()}`;
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    return name === undefined ? kernel : `${name}, ${kernel}`;
  } catch {
    return kernel;
  }
}

function commitName(): string {
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  const git = (...words: readonly string[]): string =>
    execFileSync("git", words, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--", "packages", "bench/*.ts") !== "";
    return git("rev-parse", "--short=12", "HEAD") + (isChanged ? " with changes" : "");
  } catch {
    return "unknown";
  }
}
