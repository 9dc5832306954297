import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { DepositWatch } from "./deposit-watch.ts";

test("look() tells when the chain can't be asked, and does not ask it again at once", async () => {
  let reads = 0;
  const away = new CocoonError("chain_unavailable");
  const watch = new DepositWatch(
    () => {
      reads += 1;
      return Promise.reject(away);
    },
    () => 0,
  );
  await assert.rejects(watch.look("a"), away);
  assert.equal(await watch.look("a"), false);
  assert.equal(reads, 1);
});

test("look() reads each channel once a second at most, whichever way the clock is set", async () => {
  let nowMs = 10_000;
  const reads: string[] = [];
  const watch = new DepositWatch(
    (channel) => Promise.resolve(reads.push(channel)),
    () => nowMs,
  );
  const looks = [await watch.look("a"), await watch.look("a"), await watch.look("b")];
  assert.deepEqual(looks, [true, false, true]);
  nowMs += 999;
  assert.equal(await watch.look("a"), false);
  nowMs += 1;
  assert.equal(await watch.look("a"), true);
  nowMs -= 5_000;
  assert.equal(await watch.look("a"), true);
  assert.deepEqual(reads, ["a", "b", "a", "a"]);
});
