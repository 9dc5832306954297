import { CocoonError } from "@cocoon/protocol";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Keeps a folder for this process until the returned function is called. A lock left by a process that is
 * gone is taken over. Throws storage_failed while another process has it.
 */
export async function lockFolder(home: string): Promise<() => Promise<void>> {
  const path = join(home, "lock");
  const own = await processName(process.pid);
  for (;;) {
    try {
      await writeFile(path, own, { flag: "wx", mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!isTaken(error)) throw new CocoonError("storage_failed", { path }, { cause: error });
    }
    const holder = await readFile(path, "utf8").catch(() => "");
    const pid = Number.parseInt(holder, 10);
    if (holder !== own && isRunning(pid) && holder === (await processName(pid))) {
      throw new CocoonError("storage_failed", { reason: "another process uses it", path, pid });
    }
    await rm(path, { force: true });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

/** Whether a process exists. Signal 0 is never delivered; a refusal to send it also proves existence. */
function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * The number of a process and, where the system tells (Linux), when it started, since numbers are used again
 * after a restart of the machine: proc(5), field 22 of /proc/PID/stat, counted behind the name in brackets.
 */
async function processName(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return `${pid} ${startTicks}`.trim();
}
