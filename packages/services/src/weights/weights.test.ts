import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, suite, test } from "node:test";
import { CocoonError } from "@cocoon/protocol";
import { createManifest } from "../engine/index.ts";
import { listWeights, pullWeights } from "./shelf.ts";
import { formatWeightsSource, parseWeightsSource } from "./source.ts";

const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const sha256 = createHash("sha256").update(content).digest("hex");
const commit = "c".repeat(40);
const source = parseWeightsSource("hf:owner/name:quants/model-q8_0.gguf");

test("parseWeightsSource() takes what names a file of a repository, and nothing that leads elsewhere", () => {
  assert.deepEqual(parseWeightsSource("hf:a/b:c.gguf@v1"), {
    owner: "a",
    name: "b",
    path: "c.gguf",
    revision: "v1",
  });
  assert.equal(formatWeightsSource(source), "hf:owner/name:quants/model-q8_0.gguf@main");
  const wrong = [
    "",
    "owner/name:file",
    "hf:owner/name",
    "hf:owner/name:",
    "hf:owner/name:../../etc/passwd",
    "hf:../name:file",
    "hf:owner/..:file",
    "hf:owner/name:file@../x",
    "hf:owner/name:a//b",
    "hf:owner/name:.hidden",
    "hf:ow ner/name:file",
    `hf:owner/name:${"a".repeat(200)}`,
  ];
  for (const text of wrong) {
    assert.throws(() => parseWeightsSource(text), { code: "option_invalid" }, text);
  }
});

/** A hub that can be told to misbehave: it answers with the headers of one, and sends on to a place for bytes. */
suite("pullWeights()", () => {
  let server: Server;
  let url: string;
  let folder: string;
  let asked: { method: string; path: string; range: string | undefined; token: boolean }[] = [];
  let answerHead: (response: ServerResponse) => void;
  let answerBytes: (request: IncomingMessage, response: ServerResponse) => void;

  const honestHead = (response: ServerResponse): void => {
    response.writeHead(302, {
      location: "/cdn/file",
      "x-linked-etag": `"${sha256}"`,
      "x-linked-size": String(content.length),
      "x-repo-commit": commit,
    });
    response.end();
  };
  const honestBytes = (request: IncomingMessage, response: ServerResponse): void => {
    const offset = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(206);
    response.end(content.subarray(offset));
  };

  before(async () => {
    server = createServer((request, response) => {
      const { method = "", url: path = "", headers } = request;
      asked.push({ method, path, range: headers.range, token: "authorization" in headers });
      if (method === "HEAD") answerHead(response);
      else if (path.startsWith("/cdn")) answerBytes(request, response);
      else response.writeHead(302, { location: "/cdn/file" }).end();
    }).listen({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    url = `http://127.0.0.1:${address.port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cocoon-weights-"));
    asked = [];
    answerHead = honestHead;
    answerBytes = honestBytes;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const pull = (signal: AbortSignal = new AbortController().signal) =>
    pullWeights(folder, source, {
      hub: { url: `${url}/`, token: "t", fetch },
      signal,
      pause: () => Promise.resolve(),
      onFound: () => undefined,
      onProgress: () => undefined,
    });

  test("brings a file, names its commit, and does not fetch or hash it again", async () => {
    const weights = await pull();
    assert.deepEqual(readFileSync(weights.path), content);
    assert.equal(weights.source, `hf:owner/name:quants/model-q8_0.gguf@${commit}`);
    assert.deepEqual(await listWeights(folder), [weights]);
    assert.equal(asked[0]?.path, "/owner/name/resolve/main/quants/model-q8_0.gguf");
    asked = [];
    assert.deepEqual(await pull(), weights);
    assert.deepEqual(
      asked.map(({ method }) => method),
      ["HEAD"],
    );
    const manifest = { id: "m", filePaths: [weights.path], contextTokens: 8 };
    const engine = { name: "e", version: "1" };
    const { manifest: made } = await createManifest({ ...manifest, engine });
    assert.equal(made.files[0]?.sha256, sha256);
  });

  test("does not believe a note of a file that was touched since", async () => {
    const { path } = await pull();
    writeFileSync(path, Buffer.alloc(content.length));
    utimesSync(path, 1, 1);
    assert.deepEqual(await listWeights(folder), []);
    const engine = { name: "e", version: "1" };
    const { manifest } = await createManifest({
      id: "m",
      filePaths: [path],
      contextTokens: 8,
      engine,
    });
    assert.notEqual(manifest.files[0]?.sha256, sha256);
  });

  test("goes on where the line broke, with a source that knows ranges and with one that does not", async () => {
    for (const knowsRanges of [true, false]) {
      let breaks = 2;
      answerBytes = (request, response) => {
        const range = knowsRanges ? request.headers.range : undefined;
        const offset = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
        const rest = content.subarray(offset);
        response.writeHead(knowsRanges ? 206 : 200, { "content-length": String(rest.length) });
        if (breaks === 0) response.end(rest);
        else {
          breaks -= 1;
          response.write(rest.subarray(0, 70_000), () => response.destroy());
        }
      };
      const { path } = await pull();
      assert.deepEqual(readFileSync(path), content);
      assert.ok(asked.some(({ range }) => range !== undefined && range !== "bytes=0-"));
      rmSync(folder, { recursive: true });
    }
  });

  test("a later call goes on from what a cancelled one left", async () => {
    const leaving = new AbortController();
    answerBytes = (_request, response) => {
      response.writeHead(206);
      response.write(content.subarray(0, 100_000), () => setImmediate(() => leaving.abort()));
    };
    await assert.rejects(pull(leaving.signal), { code: "cancelled" });
    answerBytes = honestBytes;
    asked = [];
    const { path } = await pull();
    assert.deepEqual(readFileSync(path), content);
  });

  test("removes bytes that are others than promised, and says so", async () => {
    answerBytes = (_request, response) => response.end(Buffer.alloc(content.length));
    await assert.rejects(pull(), { code: "weights_corrupt" });
    answerBytes = (_request, response) => response.end(Buffer.concat([content, content]));
    await assert.rejects(pull(), { code: "weights_corrupt" });
    answerBytes = honestBytes;
    assert.deepEqual(readFileSync((await pull()).path), content);
  });

  test("gives up with a code when the hub refuses, names no hash, or nothing more comes", async () => {
    const heads: readonly ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(404).end(),
      (response) => response.writeHead(401).end(),
      (response) => response.writeHead(500).end(),
      (response) => response.end(),
      (response) => response.writeHead(302, { "x-linked-etag": '"abc"' }).end(),
      (response) => response.destroy(),
    ];
    for (const head of heads) {
      answerHead = head;
      await assert.rejects(pull(), isUnavailable);
    }
    answerHead = honestHead;
    answerBytes = (_request, response) => response.destroy();
    await assert.rejects(pull(), isUnavailable);
    answerBytes = (_request, response) => response.writeHead(410).end();
    await assert.rejects(pull(), isUnavailable);
  });

  test("the token goes to the hub, and to nobody it sends us on to", async () => {
    const other = createServer((request, response) => {
      assert.equal(request.headers.authorization, undefined);
      honestBytes(request, response);
    }).listen({ host: "127.0.0.1", port: 0 });
    await once(other, "listening");
    const address = other.address();
    assert.ok(typeof address === "object" && address !== null);
    const elsewhere = `http://127.0.0.1:${address.port}/cdn/file`;
    answerBytes = (_request, response) => response.writeHead(302, { location: elsewhere }).end();
    assert.deepEqual(readFileSync((await pull()).path), content);
    assert.ok(asked.filter(({ path }) => path.startsWith("/owner")).every(({ token }) => token));
    other.closeAllConnections();
    other.close();
  });
});

function isUnavailable(error: unknown): boolean {
  return error instanceof CocoonError && error.code === "weights_unavailable";
}
