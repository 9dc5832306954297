import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
  createSigningKey,
  equalBytes,
  hashLeaf,
  logOrigin,
  MerkleTree,
  type TreeHead,
  utf8,
  verifyCheckpoint,
} from "@cocoon/protocol";
import { createApp, type HttpServer, serveHttp } from "../http/index.ts";
import { addLogRoutes, ReceiptLog, receiptLogMigrations, TileFolder } from "../log/index.ts";
import { createLogger } from "../observe/index.ts";
import { openStore, type Store } from "../store/index.ts";
import { proveContradiction, signedHead } from "./contradiction.ts";
import { LogMirror, type SignedCheckpoint } from "./log-mirror.ts";
import { auditorMigrations } from "./migrations.ts";
import { TileReader } from "./tile-reader.ts";

const networkId = -7239;
const bond = `0:${"ab".repeat(32)}`;
const key = createSigningKey(new Uint8Array(32).fill(3));
const identity = { origin: logOrigin(networkId, bond), publicKey: key.publicKey };
const size = 700;
const entryOf = (index: number, forkedAt = Infinity): Uint8Array =>
  utf8(`${index < forkedAt ? "receipt" : "fork"} ${index}`);

suite("a TileReader", () => {
  const home = mkdtempSync(join(tmpdir(), "cocoon-tiles-"));
  const logger = createLogger({ role: "test", level: "silent" });
  const stores: Store[] = [];
  const servers: HttpServer[] = [];
  let url: string;
  let forkUrl: string;

  /** A log of 700 leaves, served after each growth; its URL. */
  const serveLog = async (name: string, forkedAt?: number): Promise<string> => {
    const store = openStore(join(home, `${name}.db`), receiptLogMigrations);
    stores.push(store);
    const log = new ReceiptLog(store, key, bond, networkId);
    const tiles = new TileFolder(log, join(home, name));
    for (const end of [3, size]) {
      const writes: Promise<unknown>[] = [];
      for (let index = end === 3 ? 0 : 3; index < end; index += 1) {
        const request = index.toString(16).padStart(32, "0");
        writes.push(
          store.commit((db) => log.append(db, [{ request, receipt: entryOf(index, forkedAt) }])),
        );
      }
      await Promise.all(writes);
      await log.publishCheckpoint();
      await tiles.publish();
    }
    const app = createApp(logger);
    addLogRoutes(app, join(home, name));
    const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
    servers.push(server);
    return `http://127.0.0.1:${server.port}`;
  };
  const headOf = async (reader: TileReader): Promise<SignedCheckpoint> => {
    const note = await reader.checkpoint();
    return { ...verifyCheckpoint(note, identity), note, signature: new Uint8Array(64) };
  };
  const treeOf = (count: number, forkedAt?: number): TreeHead => {
    let tree = MerkleTree.empty;
    for (let index = 0; index < count; index += 1) {
      ({ tree } = tree.append(hashLeaf(entryOf(index, forkedAt))));
    }
    return tree.head();
  };

  before(async () => {
    url = await serveLog("log");
    forkUrl = await serveLog("fork", 517);
  });
  after(async () => {
    for (const server of servers) await server.close(0);
    for (const store of stores) store.close();
    rmSync(home, { recursive: true, force: true });
  });

  test("refuses what is not there, too long, or of another size, and says which", async () => {
    await assert.rejects(new TileReader("http://127.0.0.1:1").checkpoint(), {
      code: "peer_unreachable",
    });
    await assert.rejects(new TileReader(`${url}/nowhere`).checkpoint(), {
      code: "peer_misbehaved",
    });
    const head = { size: 200_000, root: new Uint8Array(32) };
    await assert.rejects(new TileReader(url).provenLeaf(199_999, head), {
      code: "peer_misbehaved",
    });
    const broken = await serveLog("broken");
    writeFileSync(join(home, "broken", "checkpoint"), "x".repeat(131_073));
    writeFileSync(join(home, "broken", "tile", "0", "000"), new Uint8Array(31));
    await assert.rejects(new TileReader(broken).checkpoint(), { code: "peer_misbehaved" });
    await assert.rejects(new TileReader(broken).node(0, 3, size), {
      code: "checkpoint_malformed",
    });
  });

  test("reads any range of entries, and those of a tree that has grown since", async () => {
    const reader = new TileReader(`${url}/`);
    for (const [start, end] of [
      [0, 1],
      [250, 520],
      [699, 700],
      [0, 700],
    ] as const) {
      const entries = await reader.entries(start, end, size);
      assert.equal(entries.length, end - start);
      assert.ok(entries.every((entry, at) => equalBytes(entry, entryOf(start + at))));
    }
    assert.equal((await reader.entries(0, 3, 3)).length, 3, "its partial bundle is gone");
    const { index } = await reader.provenLeaf(2, treeOf(3));
    assert.equal(index, 2);
  });

  test("proves leaves and beginnings of the checkpoint's tree, and nothing of another", async () => {
    const reader = new TileReader(url);
    const head = await headOf(reader);
    assert.deepEqual((await reader.provenLeaf(517, head)).leaf, hashLeaf(entryOf(517)));
    for (const count of [0, 1, 255, 256, 517, 699, 700]) {
      await reader.verifyBeginning(treeOf(count), head);
    }
    await assert.rejects(reader.verifyBeginning(treeOf(518, 517), head), {
      code: "checkpoint_inconsistent",
    });
    await assert.rejects(reader.provenLeaf(517, { ...head, root: new Uint8Array(32) }), {
      code: "inclusion_invalid",
    });
  });

  test("lets proveContradiction() find the first leaf in which two histories differ", async () => {
    const store = openStore(join(home, "mirror.db"), auditorMigrations);
    stores.push(store);
    const mirror = new LogMirror(store, bond);
    const reader = new TileReader(url);
    const seen = 600;
    const growth = mirror.extend(await reader.entries(0, seen, size));
    await mirror.keep(growth, (db, index, entry) => {
      db.prepare("INSERT INTO audited_leaves (log, leaf_index, entry) VALUES (?, ?, ?)").run(
        bond,
        index,
        entry,
      );
    });
    const fork = new TileReader(forkUrl);
    const rival = await headOf(fork);
    const accused = { ...rival, signed: signedHead(rival) };
    assert.equal(await proveContradiction(mirror, accused, fork), undefined, "nothing signed yet");
    await mirror.remember({ ...rival, ...treeOf(seen) });
    const proven = await proveContradiction(mirror, accused, fork);
    assert.deepEqual([proven?.first.size, proven?.second?.size], [seen, size]);
    assert.equal(proven?.difference?.index, 517);
    assert.equal(await proveContradiction(mirror, accused, undefined), undefined);
    assert.equal(
      await proveContradiction(mirror, accused, reader),
      undefined,
      "no such leaf there",
    );
    await mirror.remember(await headOf(reader));
    const twins = await proveContradiction(mirror, accused, undefined);
    assert.deepEqual([twins?.first.size, twins?.difference], [size, undefined]);
    assert.equal(new LogMirror(store, bond).size, seen);
  });
});
