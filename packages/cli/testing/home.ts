import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A home directory that is gone after the test. */
export function temporaryHome(context: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "cocoon-cli-"));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}
