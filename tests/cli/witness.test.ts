// A witness from the command line.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  createSigningKey,
  encodeWitnessRequest,
  JsonReader,
  parseJson,
  signCheckpoint,
  toHex,
  verifyCosignatures,
} from "@cocoon/protocol";
import { CocoonProcess } from "./cocoon-process.ts";

test("cocoon witness cosigns the logs that its configuration names, and stops when it is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-witness-"));
  try {
    const logKey = createSigningKey(new Uint8Array(32).fill(3));
    const origin = "log.example";
    const name = "witness.example";
    const path = join(folder, "witness.json");
    const logs = [{ origin, publicKey: toHex(logKey.publicKey) }];
    const config = { home: join(folder, "home"), networkId: -7239, host: "127.0.0.1", port: 0 };
    writeFileSync(path, JSON.stringify({ ...config, name, logs }));
    const started = new CocoonProcess(["witness", "--config", path]);
    const output = await started.outputs(/"witness_listening".*\n/);
    const line = output.split("\n").find((each) => each.includes("witness_listening")) ?? "";
    const listening = new JsonReader(parseJson(line, "internal"), "internal");
    const note = signCheckpoint(logKey, { origin, size: 1, root: new Uint8Array(32) });
    const response = await fetch(`http://127.0.0.1:${listening.uint("port")}/add-checkpoint`, {
      method: "POST",
      body: encodeWitnessRequest({ oldSize: 0, proof: [], note }),
    });
    const cosigned = note + (await response.text());
    const publicKey = listening.hex("publicKey", 32);
    assert.equal(verifyCosignatures(cosigned, [{ name, publicKey }]).length, 1);
    started.signal("SIGTERM");
    assert.equal((await started.ended).status, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
