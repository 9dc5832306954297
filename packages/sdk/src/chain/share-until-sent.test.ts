import assert from "node:assert/strict";
import { test } from "node:test";
import { shareUntilSent } from "./share-until-sent.ts";

test("shareUntilSent() makes one request of questions that wait, and another of one that comes later", async () => {
  const share = shareUntilSent<number>();
  let count = 0;
  const release: (() => void)[] = [];
  const ask = async (sent: () => void) => {
    count += 1;
    const mine = count;
    await new Promise<void>((resolve) => {
      release.push(resolve);
    });
    sent();
    await Promise.resolve();
    return mine;
  };
  const first = [share("a", ask), share("a", ask)];
  const other = share("b", ask);
  assert.equal(count, 2);
  for (const go of release.splice(0)) go();
  await Promise.resolve();
  const later = share("a", ask);
  assert.equal(count, 3);
  for (const go of release.splice(0)) go();
  assert.deepEqual(await Promise.all([...first, other, later]), [1, 1, 2, 3]);
});

test("shareUntilSent() shares a failure, and forgets it", async () => {
  const share = shareUntilSent<number>();
  const fail = () => Promise.reject(new RangeError("no"));
  const both = await Promise.allSettled([share("a", fail), share("a", fail)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  assert.equal(await share("a", () => Promise.resolve(7)), 7);
});
