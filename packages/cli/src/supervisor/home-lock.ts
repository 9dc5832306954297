// One `cocoon up` at a time in a home directory.

import { makeFolder } from "@cocoon/services";
import { CocoonError } from "@cocoon/protocol";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { lockPath } from "../home.ts";

/** Who holds the lock, and the roles that were started under it: process ids, 0 for a role that did not run. */
type Holder = { readonly holder: number; readonly roles: readonly number[] };

export type HomeLock = {
  /** Writes down which roles run, so that whoever comes after a crash can wait for their end. */
  readonly record: (roles: readonly number[]) => void;
  readonly release: () => void;
};

/** Roles of a killed supervisor notice at once and close; five seconds later they end in any case. */
const orphansMs = 60_000;
const lookMs = 50;

/**
 * Takes the lock. One left by a process that is gone is taken over, after its roles have ended. Throws option_invalid
 * while another process has it.
 */
export async function lockHome(home: string, signal: AbortSignal): Promise<HomeLock> {
  const path = lockPath(home);
  createHome(home);
  for (;;) {
    if (tryCreate(path)) return heldLock(path);
    const { holder, roles } = readHolder(path);
    if (holder !== process.pid && isRunning(holder)) {
      throw new CocoonError("option_invalid", {
        home,
        reason: `cocoon up already runs here, as process ${holder}`,
      });
    }
    await waitForEnd(roles, signal);
    rmSync(path, { force: true });
  }
}

function createHome(home: string): void {
  try {
    makeFolder(home);
  } catch (cause) {
    throw new CocoonError("option_invalid", { home, reason: "cannot be created" }, { cause });
  }
}

function heldLock(path: string): HomeLock {
  const write = (roles: readonly number[]): void => {
    const lock: Holder = { holder: process.pid, roles };
    writeFileSync(path, `${JSON.stringify(lock)}\n`, { mode: 0o600 });
  };
  write([]);
  return { record: write, release: () => rmSync(path, { force: true }) };
}

function tryCreate(path: string): boolean {
  try {
    writeFileSync(path, `${JSON.stringify({ holder: process.pid, roles: [] })}\n`, {
      flag: "wx",
      mode: 0o600,
    });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw new CocoonError("storage_failed", { path }, { cause: error });
  }
}

/** A file that cannot be read as a lock was cut short by a crash: nobody holds it. */
function readHolder(path: string): Holder {
  try {
    const lock: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof lock === "object" && lock !== null && "holder" in lock && "roles" in lock) {
      const roles = Array.isArray(lock.roles) ? lock.roles.filter(isProcessId) : [];
      return { holder: isProcessId(lock.holder) ? lock.holder : 0, roles };
    }
  } catch {
    // As below.
  }
  return { holder: 0, roles: [] };
}

function isProcessId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** Their numbers may be other processes' by now: they are waited for, for a while, and never ended. */
async function waitForEnd(roles: readonly number[], signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < orphansMs; waitedMs += lookMs) {
    if (signal.aborted || !roles.some(isRunning)) return;
    await pause(lookMs);
  }
}

/** Signal 0 is never delivered; a refusal to send it also proves existence. */
function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
