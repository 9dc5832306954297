import assert from "node:assert/strict";
import { test } from "node:test";
import { blockId, hashHistory } from "./block.ts";

const head = { seqno: 2, utime: 1_800_000_000, startLt: 1n, endLt: 5n, transactionsEnd: 2 };
const previous = "11".repeat(32);
const hashes = ["22".repeat(32), "33".repeat(32)];

test("hashHistory() gives the same hash for the same block for ever", () => {
  const hash = hashHistory(head, previous, hashes);
  assert.equal(hash, "ba2f3c286122d97f360afc92b3529ba26d6f188eeeba37e73438909eba17bc82");
});

test("hashHistory() commits to the block before, to each transaction and to the block's own head", () => {
  const all = [
    hashHistory(head, previous, hashes),
    hashHistory(head, "12".repeat(32), hashes),
    hashHistory(head, undefined, hashes),
    hashHistory(head, previous, hashes.toReversed()),
    hashHistory(head, previous, hashes.slice(1)),
    hashHistory({ ...head, seqno: 3 }, previous, hashes),
    hashHistory({ ...head, utime: head.utime + 1 }, previous, hashes),
    hashHistory({ ...head, endLt: 6n }, previous, hashes),
  ];
  assert.equal(new Set(all).size, all.length);
});

test("blockId() names the block of the workchain that is asked for", () => {
  const state = { stateHash: "05", stateDepth: 1 };
  const master = { rootHash: "01", fileHash: "02" };
  const shard = { rootHash: "03", fileHash: "04" };
  const names = { master: { ...master, ...state }, shard: { ...shard, ...state } };
  const block = { ...head, historyHash: previous, ...names };
  const { seqno } = head;
  assert.deepEqual(blockId(block, -1), { workchain: -1, seqno, ...master });
  assert.deepEqual(blockId(block, 0), { workchain: 0, seqno, ...shard });
});

test("hashHistory() throws for what is not a hash", () => {
  assert.throws(() => hashHistory(head, "11", []), RangeError);
});
