import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import {
  consistencyProof,
  createSigningKey,
  encodeWitnessRequest,
  logOrigin,
  signCheckpoint,
  toHex,
  utf8,
  verifyCosignatures,
} from "@cocoon/protocol";
import { createApp, serveHttp } from "../http/index.ts";
import { Cosigning, ReceiptLog, receiptLogMigrations } from "../log/index.ts";
import { createLogger } from "../observe/index.ts";
import { openStore } from "../store/index.ts";
import { addWitnessRoutes } from "./routes.ts";
import { Witness, witnessMigrations } from "./witness.ts";

const networkId = -7239;
const bond = `0:${"cd".repeat(32)}`;
const origin = logOrigin(networkId, bond);
const logKey = createSigningKey(new Uint8Array(32).fill(4));
const witnessKey = createSigningKey(new Uint8Array(32).fill(5));
const name = "witness.example/w1";
const known = { name, publicKey: witnessKey.publicKey };

suite("a witness and a log that asks it", () => {
  const home = mkdtempSync(join(tmpdir(), "cocoon-witness-"));
  const logger = createLogger({ role: "test", level: "silent" });
  const logStore = openStore(join(home, "log.db"), receiptLogMigrations);
  const log = new ReceiptLog(logStore, logKey, bond, networkId);
  const witnessStore = openStore(join(home, "witness.db"), witnessMigrations);
  const witness = new Witness({
    store: witnessStore,
    key: witnessKey,
    name,
    logKeyOf: (asked) => Promise.resolve(asked === origin ? logKey.publicKey : undefined),
    now: () => 1_800_000_000_000,
  });
  const app = createApp(logger);
  addWitnessRoutes(app, witness);
  const grow = async (count: number): Promise<void> => {
    for (let added = 0; added < count; added += 1) {
      const index = log.size;
      const request = index.toString(16).padStart(32, "0");
      await logStore.commit((db) =>
        log.append(db, [{ request, receipt: utf8(`receipt ${index}`) }]),
      );
    }
    await log.publishCheckpoint();
  };
  const post = async (body: string): Promise<readonly [number, string]> => {
    const response = await app.request("/add-checkpoint", { method: "POST", body });
    return [response.status, await response.text()];
  };
  const noteNow = (): string => log.newestCheckpoint()?.note ?? "";
  after(() => {
    logStore.close();
    witnessStore.close();
    rmSync(home, { recursive: true, force: true });
  });

  test("answers what is malformed, unknown, unsigned or shrunk as the protocol says", async () => {
    await grow(3);
    const note = noteNow();
    assert.equal((await post("nonsense"))[0], 400);
    const foreign = signCheckpoint(logKey, {
      origin: "other.example",
      size: 1,
      root: new Uint8Array(32),
    });
    assert.equal(
      (await post(encodeWitnessRequest({ oldSize: 0, proof: [], note: foreign })))[0],
      404,
    );
    const forged = signCheckpoint(witnessKey, { origin, size: 9, root: new Uint8Array(32) });
    assert.equal(
      (await post(encodeWitnessRequest({ oldSize: 0, proof: [], note: forged })))[0],
      403,
    );
    assert.equal((await post(encodeWitnessRequest({ oldSize: 4, proof: [], note })))[0], 400);
    assert.equal(witness.newest(origin), undefined, "nothing of it was believed");
  });

  test("cosigns the first checkpoint, and then only what extends it", async () => {
    const [status, line] = await post(
      encodeWitnessRequest({ oldSize: 0, proof: [], note: noteNow() }),
    );
    assert.equal(status, 200);
    assert.equal(verifyCosignatures(noteNow() + line, [known]).length, 1);
    await grow(4);
    const stale = encodeWitnessRequest({ oldSize: 0, proof: [], note: noteNow() });
    assert.deepEqual(await post(stale), [409, "3\n"]);
    const proof = consistencyProof(3, 7, log.readNode);
    const wrong = proof.with(0, new Uint8Array(32));
    const ask = (hashes: readonly Uint8Array[]) =>
      post(encodeWitnessRequest({ oldSize: 3, proof: hashes, note: noteNow() }));
    assert.equal((await ask(wrong))[0], 422);
    assert.equal((await ask(proof))[0], 200);
    assert.equal(witness.newest(origin)?.size, 7);
  });

  test("never signs two histories, however they arrive", async () => {
    const split = [1, 2].map((byte) => {
      const note = signCheckpoint(logKey, { origin, size: 7, root: new Uint8Array(32).fill(byte) });
      return post(encodeWitnessRequest({ oldSize: 7, proof: [], note }));
    });
    for (const [status] of await Promise.all(split)) assert.equal(status, 422);
  });

  test("is asked by Cosigning, which learns what the witness has seen", async () => {
    const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
    const asked = {
      name,
      publicKey: toHex(witnessKey.publicKey),
      url: `http://127.0.0.1:${server.port}`,
    };
    try {
      await grow(5);
      await new Cosigning(log, [asked], logger).cosign();
      assert.equal(verifyCosignatures(noteNow(), [known]).length, 1);
      assert.equal(witness.newest(origin)?.size, 12);
      await new Cosigning(log, [{ ...asked, url: "http://127.0.0.1:1" }], logger).cosign();
    } finally {
      await server.close(0);
    }
  });
});
