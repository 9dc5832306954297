import assert from "node:assert/strict";
import { test } from "node:test";
import { blockId, sealBlock } from "./block.ts";

const head = { seqno: 2, utime: 1_800_000_000, startLt: 1n, endLt: 5n, transactionsEnd: 2 };
const previous = "11".repeat(32);
const hashes = ["22".repeat(32), "33".repeat(32)];

test("sealBlock() gives the same hashes for the same block for ever", () => {
  const block = sealBlock(head, previous, hashes);
  assert.equal(block.rootHash, "b5f5e9cf0b622bff4c04c6f8f4ad09ea41ef21357c75f6ad57f399e9e6b66603");
  assert.equal(block.fileHash, "ba2f3c286122d97f360afc92b3529ba26d6f188eeeba37e73438909eba17bc82");
});

test("sealBlock() commits to the block before, to each transaction and to its own head", () => {
  const others = [
    sealBlock(head, "12".repeat(32), hashes),
    sealBlock(head, undefined, hashes),
    sealBlock(head, previous, hashes.toReversed()),
    sealBlock(head, previous, hashes.slice(1)),
    sealBlock({ ...head, seqno: 3 }, previous, hashes),
    sealBlock({ ...head, utime: head.utime + 1 }, previous, hashes),
    sealBlock({ ...head, endLt: 6n }, previous, hashes),
  ];
  const blocks = [sealBlock(head, previous, hashes), ...others];
  assert.equal(new Set(blocks.map((block) => block.rootHash)).size, blocks.length);
  assert.equal(new Set(blocks.map((block) => block.fileHash)).size, blocks.length);
});

test("blockId() gives the shard another name than the masterchain block", () => {
  const block = sealBlock(head, previous, hashes);
  const [master, shard] = [blockId(block, -1), blockId(block, 0)];
  assert.equal(master.rootHash, block.rootHash);
  assert.equal(shard.seqno, master.seqno);
  assert.notEqual(shard.rootHash, master.rootHash);
  assert.notEqual(shard.fileHash, master.fileHash);
});

test("sealBlock() throws for what is not a hash", () => {
  assert.throws(() => sealBlock(head, "11", []), RangeError);
});
