import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLogger } from "../observe/index.ts";
import { serveSite } from "./site.ts";

const logger = createLogger({ role: "page", destination: { write: () => undefined } });
const document =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'" /><p>Hello</p>';

async function serve(
  context: TestContext,
  framedBy?: readonly string[],
): Promise<{ readonly port: number }> {
  const home = mkdtempSync(join(tmpdir(), "cocoon-site-"));
  const folder = join(home, "site");
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(home, "secret.txt"), "secret");
  writeFileSync(join(folder, "index.html"), document);
  writeFileSync(join(folder, "assets", "a-1.js"), "1;");
  const made = { "network.json": "{}" };
  const site = await serveSite({
    folder,
    made,
    host: "127.0.0.1",
    port: 0,
    logger,
    ...(framedBy && { framedBy }),
  });
  context.after(async () => {
    await site.close(0);
    rmSync(home, { recursive: true });
  });
  return site;
}

/** What a server answers to a path exactly as it is written: fetch() would tidy it. */
async function getRaw(port: number, path: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  let heard = "";
  socket.on("data", (piece) => (heard += piece.toString()));
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  await once(socket, "close");
  return heard;
}

test("serveSite() refuses every path that is not one of its files", async (context) => {
  const { port } = await serve(context);
  const paths = ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets"];
  for (const path of [...paths, "/assets%2fa-1.js", "/index.html/", "//secret.txt", "/x"]) {
    const answer = await getRaw(port, path);
    assert.match(answer, /^HTTP\/1\.1 (?:404|400) /, path);
    assert.doesNotMatch(answer, /secret$/, path);
  }
});

test("serveSite() gives each file its type, its policy and how long it may be kept", async (context) => {
  const { port } = await serve(context);
  const get = (path: string, headers = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const page = await get("/");
  assert.equal(await page.text(), document);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy");
  assert.equal(policy, "default-src 'none'; frame-ancestors 'none'");
  assert.equal(page.headers.get("x-frame-options"), "DENY");
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const script = await get("/assets/a-1.js");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(script.headers.get("cache-control") ?? "", /immutable/);
  assert.deepEqual(await (await get("/network.json")).json(), {});
  const again = await get("/", { "if-none-match": page.headers.get("etag") ?? "" });
  assert.equal(again.status, 304);
  assert.equal((await fetch(page.url, { method: "POST" })).status, 404);
});

test("serveSite() lets the named origins show the page in a frame, and nobody else", async (context) => {
  const { port } = await serve(context, ["https://web.telegram.org"]);
  const { headers } = await fetch(`http://127.0.0.1:${port}/`);
  const policy = headers.get("content-security-policy");
  assert.equal(policy, "default-src 'none'; frame-ancestors https://web.telegram.org");
  assert.equal(headers.get("x-frame-options"), null);
});

test("serveSite() refuses a folder without a page", async () => {
  const options = { folder: "/nowhere", made: {}, host: "127.0.0.1", port: 0, logger };
  await assert.rejects(serveSite(options), { code: "option_invalid" });
});
