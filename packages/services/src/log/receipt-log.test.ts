import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import {
  cosignNote,
  createSigningKey,
  fromHex,
  hashLeaf,
  inclusionProof,
  logOrigin,
  nodeOfTile,
  parseEntries,
  parseTile,
  placeOfNode,
  tilePath,
  utf8,
  verifyCheckpoint,
  verifyInclusion,
} from "@cocoon/protocol";
import { createApp } from "../http/index.ts";
import { createLogger } from "../observe/index.ts";
import { openStore, type Store } from "../store/index.ts";
import { ReceiptLog, receiptLogMigrations } from "./receipt-log.ts";
import { addLogRoutes } from "./routes.ts";
import { TileFolder } from "./tile-folder.ts";

const networkId = -7239;
const bond = `0:${"ab".repeat(32)}`;
const key = createSigningKey(new Uint8Array(32).fill(3));
const identity = { origin: logOrigin(networkId, bond), publicKey: key.publicKey };
const receiptOf = (index: number) => utf8(`receipt ${index}`);
const requestOf = (index: number) => index.toString(16).padStart(32, "0");

suite("ReceiptLog and its TileFolder", () => {
  const home = mkdtempSync(join(tmpdir(), "cocoon-log-"));
  const stores: Store[] = [];
  const open = (name: string) => {
    const store = openStore(join(home, name), receiptLogMigrations);
    stores.push(store);
    return { store, log: new ReceiptLog(store, key, bond, networkId) };
  };
  const append = (store: Store, log: ReceiptLog, index: number) =>
    store.commit((db) =>
      log.append(db, [{ request: requestOf(index), receipt: receiptOf(index) }]),
    );
  after(() => {
    for (const store of stores) store.close();
    rmSync(home, { recursive: true, force: true });
  });

  test("knows no proof of a receipt that it does not hold, or has no checkpoint over", async () => {
    const { store, log } = open("unproven.db");
    assert.equal(log.proof(requestOf(0)), undefined);
    await append(store, log, 0);
    assert.equal(log.proof(requestOf(0)), undefined);
  });

  test("refuses a request twice, and goes on with the next", async () => {
    const { store, log } = open("twice.db");
    await append(store, log, 0);
    const again = store.commit((db) =>
      log.append(
        db,
        [2, 0].map((index) => ({ request: requestOf(index), receipt: receiptOf(9) })),
      ),
    );
    await assert.rejects(again);
    await append(store, log, 1);
    assert.equal(log.size, 2);
  });

  test("proves every receipt at every size to 60, whatever restarts lie between", async () => {
    let { store, log } = open("grown.db");
    for (let size = 1; size <= 60; size += 1) {
      await append(store, log, size - 1);
      await log.publishCheckpoint();
      if (size % 20 === 0) {
        store.close();
        ({ store, log } = open("grown.db"));
      }
      for (let index = 0; index < size; index += 1) {
        const proof = log.proof(requestOf(index));
        assert.ok(proof !== undefined);
        const head = verifyCheckpoint(proof.checkpoint, identity);
        const path = proof.inclusion.map((hash) => fromHex(hash) ?? new Uint8Array());
        verifyInclusion({ leaf: hashLeaf(receiptOf(index)), index, head, proof: path });
      }
    }
  });

  test("proves against a checkpoint that most witnesses cosigned, an anchored one where there is", async () => {
    const { store, log } = open("cosigned.db");
    const line = (name: string) => cosignNote(key, name, "text\n", 1);
    const anchor = { transaction: "ab".repeat(32), lt: "1", timestamp: 1 };
    const sizeOfProof = () => log.proof(requestOf(0))?.treeSize;
    const grow = async (size: number): Promise<void> => {
      await append(store, log, size - 1);
      await log.publishCheckpoint();
    };
    for (const size of [1, 2, 3]) await grow(size);
    assert.equal(sizeOfProof(), 3, "the newest");
    await log.addCosignatures(2, [line("w1")]);
    assert.equal(sizeOfProof(), 2, "cosigned");
    await log.addCosignatures(3, [line("w1"), line("w2")]);
    assert.equal(sizeOfProof(), 3, "cosigned by more");
    await log.recordAnchor(1, anchor);
    assert.equal(sizeOfProof(), 1, "anchored");
    await log.recordAnchor(2, anchor);
    assert.equal(sizeOfProof(), 2, "anchored and cosigned");
    await grow(4);
    assert.equal(log.proof(requestOf(3))?.treeSize, 4, "nothing else covers it");
  });

  test("serves tiles from which a reader proves every receipt, also after the folder was lost", async () => {
    const { store, log } = open("tiles.db");
    const app = createApp(createLogger({ role: "test", level: "silent" }));
    addLogRoutes(app, join(home, "tiles"));
    const get = async (path: string): Promise<Uint8Array> => {
      const response = await app.request(`/${path}`);
      assert.equal(response.status, 200, path);
      return new Uint8Array(await response.arrayBuffer());
    };
    let folder = new TileFolder(log, join(home, "tiles"));
    let grown = 0;
    for (const size of [3, 256, 700]) {
      const writes: Promise<unknown>[] = [];
      for (; grown < size; grown += 1) writes.push(append(store, log, grown));
      await Promise.all(writes);
      await log.publishCheckpoint();
      if (size === 700) {
        rmSync(join(home, "tiles"), { recursive: true });
        folder = new TileFolder(log, join(home, "tiles"));
      }
      await folder.publish();
      const head = verifyCheckpoint(Buffer.from(await get("checkpoint")).toString(), identity);
      assert.equal(head.size, size);
      const tiles = new Map<string, readonly Uint8Array[]>();
      for (const leaf of [0, size - 1]) {
        const readNode = (level: number, index: number) => {
          const { tile, height, offset } = placeOfNode(level, index, size);
          const path = tilePath(tile);
          const bytes = readFileSync(join(home, "tiles", path));
          tiles.set(path, parseTile(bytes, tile.width));
          return nodeOfTile(tiles.get(path) ?? [], height, offset);
        };
        const proof = inclusionProof(leaf, size, readNode);
        verifyInclusion({ leaf: hashLeaf(receiptOf(leaf)), index: leaf, head, proof });
      }
    }
    assert.deepEqual(parseEntries(await get("tile/entries/001"), 256)[0], receiptOf(256));
    assert.equal((await app.request("/tile/0/000.p/3")).status, 404, "outgrown");
    for (const path of ["/tile/../tiles.db", "/tile/0/0", "/tile/0/000.p/3/x", "/other"]) {
      assert.equal((await app.request(path)).status, 404, path);
    }
  });
});
