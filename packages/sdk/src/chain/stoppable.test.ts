import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainClient } from "./client.ts";
import { stoppableClient } from "./stoppable.ts";

/** A client of which only the clock is used. */
function clientThat(wait: () => Promise<void>): ChainClient {
  const unused = (): never => assert.fail("not asked");
  return {
    networkId: -7239,
    clock: { nowMs: () => 5, wait },
    pollMs: 1,
    finalityBlocks: 0,
    masterchain: unused,
    account: unused,
    accounts: unused,
    trustedAccount: unused,
    proofStanding: unused,
    get: unused,
    transaction: unused,
    transactions: unused,
    sendExternal: unused,
    watch: unused,
  };
}

test("stoppableClient() ends a wait, and all later ones, when the signal aborts", async () => {
  const stopping = new AbortController();
  const { clock } = stoppableClient(
    clientThat(() => new Promise<void>(() => undefined)),
    stopping.signal,
  );
  const waiting = [clock.wait(1_000), clock.wait(1_000)];
  stopping.abort();
  for (const wait of [...waiting, clock.wait(1_000)]) {
    await assert.rejects(wait, { code: "stopping" });
  }
});

test("stoppableClient() waits as the client does until then", async () => {
  const { clock, pollMs } = stoppableClient(
    clientThat(() => Promise.resolve()),
    new AbortController().signal,
  );
  await clock.wait(1_000);
  assert.equal(clock.nowMs(), 5);
  assert.equal(pollMs, 1);
});
