import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, type ErrorCode } from "@cocoon/protocol";
import { reviewBonds } from "./bond-review.ts";
import type { ConnectedWorker } from "./workers.ts";

/** Which of three workers a review leaves, and what it did besides, where the second's bond gives this code. */
async function review(code: ErrorCode | undefined): Promise<readonly string[]> {
  const did: string[] = [];
  const workers = ["first", "second", "third"].map((id) => {
    const peer = { close: () => Promise.resolve(void did.push(`closed ${id}`)) };
    // oxlint-disable-next-line no-unsafe-type-assertion -- what a review looks at
    return { id, peer, attested: { profileId: id } } as unknown as ConnectedWorker;
  });
  await reviewBonds({
    directory: {
      connected: () => workers,
      remove: (id) => void did.push(`removed ${id}`),
    },
    requireBond: ({ tier: _tier, ...worker }) => {
      const isSecond = "profileId" in worker && worker.profileId === "second";
      return isSecond && code !== undefined
        ? Promise.reject(new CocoonError(code))
        : Promise.resolve();
    },
    logger: { event: (name) => void did.push(name) },
  });
  return did;
}

test("reviewBonds() removes the worker whose bond does not stand any more, and no other", async () => {
  assert.deepEqual(await review(undefined), []);
  assert.deepEqual(await review("bond_insufficient"), [
    "removed second",
    "worker_refused",
    "closed second",
  ]);
});

test("reviewBonds() removes nobody because the chain cannot be asked", async () => {
  await assert.rejects(review("chain_unavailable"), { code: "chain_unavailable" });
});
