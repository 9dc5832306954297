import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawAddress } from "@cocoon/protocol";
import { type ConnectedWorker, WorkerDirectory } from "./workers.ts";

/** What the directory reads of a worker. */
function workerOf(id: string, payout: RawAddress, platformId: string, gpuId: string) {
  const attested = { platformId, gpuIds: [gpuId], claimsHash: id, tier: "dev", expiresAtMs: 1 };
  const worker = { id, payout, attested, peer: {}, bundle: new Uint8Array(), asks: [] };
  return worker as unknown as ConnectedWorker; // oxlint-disable-line no-unsafe-type-assertion -- see above
}

const mine: RawAddress = `0:${"11".repeat(32)}`;
const theirs: RawAddress = `0:${"22".repeat(32)}`;
const refused = { code: "platform_shared" };

test("announce() refuses hardware that serves for somebody else, until that worker has left", () => {
  const directory = new WorkerDirectory();
  const first = workerOf("a", mine, "cpu", "gpu");
  directory.announce(first);
  const other = workerOf("b", theirs, "cpu", "gpu-2");
  assert.throws(() => directory.announce(other), refused);
  assert.equal(directory.find("b"), undefined);
  assert.throws(() => directory.announce(workerOf("c", theirs, "cpu-2", "gpu")), refused);
  directory.announce(workerOf("d", mine, "cpu", "gpu"));
  directory.remove("d", directory.find("d")?.peer ?? first.peer);
  directory.remove("a", first.peer);
  directory.announce(other);
  assert.equal(directory.find("b"), other);
});

test("announce() keeps what a worker said before when its newer word is refused", () => {
  const directory = new WorkerDirectory();
  const first = workerOf("a", mine, "cpu", "gpu");
  const second = workerOf("b", theirs, "cpu-2", "gpu-2");
  directory.announce(first);
  directory.announce(second);
  assert.throws(() => directory.announce(workerOf("b", theirs, "cpu", "gpu-2")), refused);
  assert.equal(directory.find("b"), second);
});

/** A directory with one worker that offers model "m". */
function offering(expiresAtMs: number): WorkerDirectory {
  const directory = new WorkerDirectory();
  const asks = [{ model: "m", contextTokens: 1, slots: 1 }];
  const attested = { platformId: "p", gpuIds: [], claimsHash: "c", tier: "dev", expiresAtMs };
  // oxlint-disable-next-line no-unsafe-type-assertion -- what the directory reads of a worker
  directory.announce({ id: "a", payout: mine, attested, asks } as unknown as ConnectedWorker);
  return directory;
}

test("jobFailed() makes a worker suspect, for longer with each failure in a row, until it answers", () => {
  const directory = offering(1e9);
  const isSuspect = (nowMs: number): boolean | undefined =>
    (directory.candidates("m")[0]?.suspectUntilMs ?? 0) > nowMs;
  assert.equal(isSuspect(0), false);
  directory.jobFailed("a", 0);
  assert.deepEqual([isSuspect(999), isSuspect(1_000)], [true, false]);
  directory.jobFailed("a", 1_000);
  assert.deepEqual([isSuspect(2_999), isSuspect(3_000)], [true, false]);
  for (let count = 0; count < 2_000; count += 1) directory.jobFailed("a", 0);
  assert.deepEqual([isSuspect(59_999), isSuspect(60_000)], [true, false]);
  directory.jobEnded("a", { tokens: 0, durationMs: 1 });
  assert.equal(isSuspect(0), false);
  directory.jobFailed("a", 0);
  assert.equal(isSuspect(1_000), false);
  directory.jobFailed("nobody", 0);
});

test("candidates() tells of each worker as it is now, and no more of what it withdrew", () => {
  const directory = offering(1e9);
  const [candidate] = directory.candidates("m");
  const active = () => candidate?.active;
  directory.jobStarted("a");
  directory.jobStarted("a");
  assert.equal(active(), 2);
  directory.reportLoad("a", { active: 2, queued: 3 });
  assert.equal(active(), 5);
  directory.reportLoad("a", { active: 0, queued: 0 });
  directory.jobEnded("a", { tokens: 100, durationMs: 1_000 });
  directory.jobEnded("a", { tokens: 50, durationMs: 1_000 });
  assert.deepEqual([active(), candidate?.tokensPerSecond], [0, 90]);
  const known = directory.find("a");
  assert.ok(known);
  directory.announce({ ...known, asks: known.asks.map((ask) => ({ ...ask, model: "n" })) });
  assert.deepEqual(directory.candidates("m"), []);
  assert.deepEqual(
    directory.candidates("n").map(({ tokensPerSecond }) => tokensPerSecond),
    [90],
  );
  directory.remove("a", known.peer);
  assert.deepEqual(directory.candidates("n"), []);
});
