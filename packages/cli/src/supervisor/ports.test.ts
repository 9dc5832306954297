import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { freePortBase, listenOn } from "../../testing/ports.ts";
import { assertPortsFree } from "./ports.ts";

test("assertPortsFree() names every port that is taken in one error", async () => {
  const base = await freePortBase();
  const servers = [await listenOn(base), await listenOn(base + 20)];
  const ports = [base, base + 10, base + 20];
  await assert.rejects(assertPortsFree("127.0.0.1", ports), (error: Error) => {
    assert.match(error.message, new RegExp(`port ${base}, ${base + 20};.*--port-base`));
    return true;
  });
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  await assertPortsFree("127.0.0.1", ports);
});
