// A log of ours, walked end to end by a client that is not: golang.org/x/mod, on which Go's own checksum database rests.

import {
  concatBytes,
  createSigningKey,
  logOrigin,
  primitives,
  toBase64,
  toHex,
  utf8,
} from "@cocoon/protocol";
import {
  addLogRoutes,
  createApp,
  createLogger,
  openStore,
  ReceiptLog,
  receiptLogMigrations,
  serveHttp,
  TileFolder,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("go/walk.go", import.meta.url));
/** Where Debian puts the sources of Go packages. */
const goPath = "/usr/share/gocode";

const networkId = -7239;
const bond = `0:${"b0".repeat(32)}`;
const key = createSigningKey(new Uint8Array(32).fill(3));
/** Two full tiles, a partial one, and a second level; the earlier checkpoint ends in the middle of a tile. */
const leafCount = 600;
const earlierCount = 300;

type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

const home = mkdtempSync(join(tmpdir(), "cocoon-go-"));
const walker = join(home, "walk");

function build(): string | undefined {
  const env = { PATH: process.env["PATH"], GOPATH: goPath, GO111MODULE: "off", GOFLAGS: "" };
  const { error, status, stderr } = spawnSync("go", ["build", "-o", walker, source], {
    env: { ...env, GOCACHE: join(home, "cache") },
    encoding: "utf8",
  });
  if (error !== undefined) return "needs go";
  if (status === 0) return undefined;
  assert.match(stderr, /cannot find package "golang\.org\/x\/mod/, "walk.go does not compile");
  return "needs golang.org/x/mod (Debian's golang-golang-x-mod-dev)";
}

const skip = build() ?? false;

/** The key as Go's tools write it: name, the first half of its hash, algorithm and key. */
function verifierKey(origin: string, publicKey: Uint8Array): string {
  const typed = concatBytes(Uint8Array.of(1), publicKey);
  const hash = primitives.sha256(concatBytes(utf8(`${origin}\n`), typed)).subarray(0, 4);
  return `${origin}+${toHex(hash)}+${toBase64(typed)}`;
}

suite("a log under golang.org/x/mod", { skip }, () => {
  const folder = join(home, "log");
  const earlier = join(home, "earlier");
  let url = "";
  let root = "";
  let close: () => Promise<void>;

  const walk = (verifier = verifierKey(logOrigin(networkId, bond), key.publicKey)): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(walker, [url, verifier, earlier], (error, stdout, stderr) => {
        resolve({ status: Number(error?.code ?? 0), stdout, stderr });
      });
    });

  before(async () => {
    mkdirSync(folder);
    const store = openStore(join(home, "log.db"), receiptLogMigrations);
    const log = new ReceiptLog(store, key, bond, networkId);
    const tiles = new TileFolder(log, folder);
    const grow = async (from: number, to: number): Promise<void> => {
      const entries = Array.from({ length: to - from }, (_, index) => {
        const receipt = new Uint8Array(385).fill((from + index) % 251);
        return { request: toHex(primitives.randomBytes(16)), receipt };
      });
      await store.commit((db) => log.append(db, entries));
      await log.publishCheckpoint();
      await tiles.publish();
    };
    await grow(0, earlierCount);
    writeFileSync(earlier, readFileSync(join(folder, "checkpoint")));
    await grow(earlierCount, leafCount);
    root = readFileSync(join(folder, "checkpoint"), "utf8").split("\n")[2] ?? "";
    store.close();
    const app = createApp(createLogger({ role: "log", level: "silent" }));
    addLogRoutes(app, folder);
    const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
    url = `http://127.0.0.1:${server.port}`;
    close = () => server.close(0);
  });
  after(() => close());

  test("is walked from its checkpoint to every entry, and what was published before is its beginning", async () => {
    const { status, stdout, stderr } = await walk();
    assert.equal(stderr, "");
    assert.deepEqual([status, stdout], [0, `${leafCount} ${root}\n`]);
  });

  test("is refused under another key", async () => {
    const stranger = createSigningKey(new Uint8Array(32).fill(4)).publicKey;
    const { status, stderr } = await walk(verifierKey(logOrigin(networkId, bond), stranger));
    assert.equal(status, 1);
    assert.match(stderr, /no verifiable signatures/);
  });

  for (const [path, at] of [
    ["checkpoint", 60],
    ["tile/0/000", 100],
    ["tile/0/002.p/88", 100],
    ["tile/1/000.p/2", 40],
    ["tile/entries/000", 100],
    ["tile/entries/002.p/88", 50],
  ] as const) {
    test(`is refused with another byte in ${path}`, async () => {
      const file = join(folder, path);
      const bytes = Uint8Array.from(readFileSync(file));
      writeFileSync(file, bytes.with(at, (bytes[at] ?? 0) ^ 1));
      const { status } = await walk();
      writeFileSync(file, bytes);
      assert.equal(status, 1);
    });
  }
});

process.once("exit", () => rmSync(home, { recursive: true, force: true }));
