import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { llamaEngineVersion } from "./llama-engine.ts";
import { createManifest } from "./manifest.ts";

suite("createManifest()", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "manifest-"));
    await mkdir(join(folder, "other"));
    await writeFile(join(folder, "b.gguf"), "weights");
    await writeFile(join(folder, "a.json"), "");
    await writeFile(join(folder, "other", "b.gguf"), "weights");
  });
  after(() => rm(folder, { recursive: true }));

  const engine = { version: "3.21.1", name: "node-llama-cpp" };
  const fields = { id: "m", contextTokens: 512, engine };

  test("createManifest() writes canonical JSON, whatever the order and the folder", async () => {
    const filePaths = [join(folder, "b.gguf"), join(folder, "a.json")];
    const { manifest, json, manifestHash } = await createManifest({ ...fields, filePaths });
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const weights = createHash("sha256").update("weights").digest("hex");
    assert.equal(
      json,
      `{"contextTokens":512,"engine":{"name":"node-llama-cpp","version":"3.21.1"},` +
        `"files":[{"path":"a.json","sha256":"${empty}","size":0},` +
        `{"path":"b.gguf","sha256":"${weights}","size":7}],"id":"m"}`,
    );
    assert.equal(manifestHash, createHash("sha256").update(json).digest("hex"));
    assert.deepEqual(JSON.parse(json), manifest);
    const moved = [join(folder, "a.json"), join(folder, "other", "b.gguf")];
    const again = await createManifest({ ...fields, filePaths: moved });
    assert.equal(again.manifestHash, manifestHash);
  });

  test("createManifest() gives another hash when anything differs", async () => {
    const filePaths = [join(folder, "b.gguf")];
    const hashes = await Promise.all(
      [
        { ...fields, filePaths },
        { ...fields, filePaths: [join(folder, "a.json")] },
        { ...fields, filePaths, id: "n" },
        { ...fields, filePaths, contextTokens: 513 },
        { ...fields, filePaths, engine: { ...engine, version: "3.21.2" } },
        { ...fields, filePaths, chatTemplateSha256: "00" },
      ].map(async (source) => (await createManifest(source)).manifestHash),
    );
    assert.equal(new Set(hashes).size, hashes.length);
  });

  test("createManifest() refuses two files of one name and rejects for one that is missing", async () => {
    const twice = [join(folder, "b.gguf"), join(folder, "other", "b.gguf")];
    await assert.rejects(createManifest({ ...fields, filePaths: twice }), RangeError);
    const missing = createManifest({ ...fields, filePaths: [join(folder, "none")] });
    await assert.rejects(missing, { code: "ENOENT" });
  });
});

test("llamaEngineVersion is the version that is installed", () => {
  const description = new URL("../package.json", import.meta.resolve("node-llama-cpp"));
  const text = readFileSync(description, "utf8");
  assert.equal(/"version": "([^"]+)"/.exec(text)?.[1], llamaEngineVersion);
});
