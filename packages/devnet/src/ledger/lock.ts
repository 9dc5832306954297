import { CocoonError } from "@cocoon/protocol";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Keeps a folder for this process until the returned function is called. A lock left by a process that is
 * gone is taken over. Throws storage_failed while another process has it.
 */
export async function lockFolder(home: string): Promise<() => Promise<void>> {
  const path = join(home, "lock");
  for (;;) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!isTaken(error)) throw new CocoonError("storage_failed", { path }, { cause: error });
    }
    const holder = Number((await readFile(path, "utf8").catch(() => "")).trim());
    if (holder !== process.pid && isRunning(holder)) {
      throw new CocoonError("storage_failed", { reason: "another process uses it", path, holder });
    }
    await rm(path, { force: true });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

/** Whether a process exists. Signal 0 is never delivered; a refusal to send it also proves existence. */
function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
