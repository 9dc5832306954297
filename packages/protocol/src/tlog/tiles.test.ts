import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../bytes/index.ts";
import { hashLeaf } from "./hash.ts";
import { inclusionProof } from "./proof.ts";
import {
  encodeEntries,
  encodeTile,
  entriesPath,
  nodeOfTile,
  parseEntries,
  parseTile,
  placeOfNode,
  tilePath,
  partialTiles,
  tilesBetween,
} from "./tiles.ts";
import { MerkleTree } from "./tree.ts";
import { verifyInclusion } from "./verify.ts";

test("parseTile() and parseEntries() refuse what is too short, too long or cut", () => {
  const malformed = { code: "checkpoint_malformed" };
  assert.throws(() => parseTile(new Uint8Array(63), 2), malformed);
  assert.throws(() => parseTile(new Uint8Array(96), 2), malformed);
  const bundle = encodeEntries([utf8("one"), utf8("two")]);
  assert.throws(() => parseEntries(bundle, 1), malformed);
  assert.throws(() => parseEntries(bundle, 3), malformed);
  assert.throws(() => parseEntries(bundle.subarray(0, 7), 2), malformed);
});

test("parseEntries() undoes encodeEntries()", () => {
  const entries = [utf8(""), utf8("a receipt"), new Uint8Array(65_535)];
  assert.deepEqual(parseEntries(encodeEntries(entries), 3), entries);
});

test("tilePath() writes indexes as C2SP tlog-tiles does", () => {
  assert.equal(tilePath({ level: 0, index: 0, width: 256 }), "tile/0/000");
  assert.equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), "tile/0/x001/x234/067");
  assert.equal(tilePath({ level: 15, index: 999, width: 1 }), "tile/15/999.p/1");
  assert.equal(entriesPath({ index: 1_000, width: 255 }), "tile/entries/x001/000.p/255");
});

test("tilesBetween() lists what a log has grown by", () => {
  assert.deepEqual(tilesBetween(0, 0), []);
  assert.deepEqual(tilesBetween(5, 5), []);
  assert.deepEqual(tilesBetween(0, 1), [{ level: 0, index: 0, width: 1 }]);
  assert.deepEqual(tilesBetween(255, 257), [
    { level: 0, index: 0, width: 256 },
    { level: 0, index: 1, width: 1 },
    { level: 1, index: 0, width: 1 },
  ]);
  assert.deepEqual(tilesBetween(256, 511), [{ level: 0, index: 1, width: 255 }]);
  for (const size of [0, 1, 255, 256, 257, 511, 65_535, 65_536, 66_049]) {
    const partial = tilesBetween(0, size).filter(({ width }) => width < 256);
    assert.deepEqual(partialTiles(size), partial);
  }
  const twoLevels = tilesBetween(0, 65_536).filter(({ level }) => level > 0);
  assert.deepEqual(twoLevels, [
    { level: 1, index: 0, width: 256 },
    { level: 2, index: 0, width: 1 },
  ]);
});

test("placeOfNode() finds every node that a proof needs in the tiles of a log", () => {
  const nodes = new Map<string, Uint8Array>();
  const readNode = (level: number, index: number) => nodes.get(`${level}/${index}`);
  let tree = MerkleTree.empty;
  for (const size of [1, 2, 255, 256, 257, 700]) {
    while (tree.size < size) {
      const grown = tree.append(hashLeaf(utf8(`leaf ${tree.size}`)));
      for (const node of grown.nodes) nodes.set(`${node.level}/${node.index}`, node.hash);
      tree = grown.tree;
    }
    const files = new Map(
      tilesBetween(0, size).map((tile) => [tilePath(tile), encodeTile(tile, readNode)]),
    );
    const readTiles = (level: number, index: number) => {
      const { tile, height, offset } = placeOfNode(level, index, size);
      const bytes = files.get(tilePath(tile));
      assert.ok(bytes !== undefined, tilePath(tile));
      return nodeOfTile(parseTile(bytes, tile.width), height, offset);
    };
    for (const index of [0, 1, 254, 255, 256, size - 1].filter((leaf) => leaf < size)) {
      const proof = inclusionProof(index, size, readTiles);
      const leaf = hashLeaf(utf8(`leaf ${index}`));
      verifyInclusion({ leaf, index, head: tree.head(), proof });
    }
  }
});
