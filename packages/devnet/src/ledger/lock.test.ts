import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../testing/temporary.ts";
import { lockFolder } from "./lock.ts";

test("lockFolder() refuses a folder that a running process has", async (context) => {
  const home = await temporaryFolder(context);
  await writeFile(join(home, "lock"), "1\n");
  await assert.rejects(
    lockFolder(home),
    (error) => error instanceof CocoonError && error.code === "storage_failed",
  );
});

test("lockFolder() takes over what a process left that is gone, and gives it back", async (context) => {
  const home = await temporaryFolder(context);
  for (const left of ["2147483646\n", "", "no number", `${process.pid}\n`]) {
    await writeFile(join(home, "lock"), left);
    const unlock = await lockFolder(home);
    assert.equal(await readFile(join(home, "lock"), "utf8"), `${process.pid}\n`);
    await unlock();
    await assert.rejects(readFile(join(home, "lock")));
  }
});
