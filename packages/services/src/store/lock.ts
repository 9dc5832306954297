import { CocoonError } from "@cocoon/protocol";
import Driver from "libsql";

/**
 * Takes the file for this process alone, until what is returned is called or the process ends, however it ends: the lock
 * is SQLite's on a file of its own, which the kernel lets go of. Throws storage_locked where somebody else has it,
 * another of this process included.
 */
export function lockFile(path: string): () => void {
  const driver = new Driver(path, { timeout: 0 });
  try {
    driver.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    driver.close();
    throw new CocoonError("storage_locked", {}, { cause });
  }
  return () => driver.close();
}
