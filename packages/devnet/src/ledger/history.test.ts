import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { History, type TransactionRow } from "./history.ts";

const name = { rootHash: "", fileHash: "", stateHash: "", stateDepth: 0 };
const names = { master: name, shard: name };
const accounts = ["0:aa", "0:bb"];

/** A history of these steps: an account number adds a transaction, a 2 seals a block. */
function historyOf(steps: readonly number[]): History {
  const history = new History();
  for (const [index, step] of steps.entries()) {
    const lt = BigInt(10 * (index + 1));
    const account = accounts[step];
    if (account === undefined) {
      history.blocks.push({ ...history.nextBlock(1_000 + index, lt), ...names });
    } else
      history.add({
        account,
        lt,
        hash: lt.toString(16).padStart(64, "0"),
        record: index,
        index: 0,
      });
  }
  return history;
}

const steps = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 });

test("page() returns what a walk over all transactions finds", () => {
  const bound = fc.integer({ min: 0, max: 45 }).map((index) => BigInt(5 * index));
  fc.assert(
    fc.property(steps, bound, fc.integer({ min: 1, max: 10 }), (given, toLt, countMax) => {
      const history = historyOf(given);
      for (const from of history.rowsOfAccount("0:aa")) {
        const expected = history.rows
          .filter((row) => row.account === "0:aa" && row.lt <= from.lt && row.lt > toLt)
          .toReversed()
          .slice(0, countMax);
        const page = history.page("0:aa", { fromLt: from.lt, toLt, countMax });
        assert.deepEqual(page, expected);
      }
    }),
  );
});

test("page() returns undefined when its first transaction does not exist", () => {
  const history = historyOf([0, 1, 0]);
  assert.equal(history.page("0:aa", { fromLt: 20n, countMax: 5 }), undefined);
  assert.equal(history.page("0:cc", { fromLt: 10n, countMax: 5 }), undefined);
  assert.deepEqual(history.page("0:cc", { countMax: 5 }), []);
});

test("rowsOf() splits all sealed transactions among the blocks, in order", () => {
  fc.assert(
    fc.property(steps, (given) => {
      const history = historyOf(given);
      const sealed: TransactionRow[] = history.blocks.flatMap((block) => [
        ...history.rowsOf(block),
      ]);
      assert.deepEqual(sealed, history.rows.slice(0, history.rows.length - history.openCount));
    }),
  );
});

test("blockAtLt() and blockAtTime() find the block that a walk finds", () => {
  fc.assert(
    fc.property(steps, fc.nat(420), (given, value) => {
      const history = historyOf(given);
      const byLt = history.blocks.find((block) => block.endLt >= BigInt(value));
      assert.equal(history.blockAtLt(BigInt(value)), byLt);
      const utime = 1_000 + (value % 45);
      const byTime = history.blocks.findLast((block) => block.utime <= utime);
      assert.equal(history.blockAtTime(utime), byTime);
    }),
  );
});
