// The same attestation suite in a browser: same sources, same tests, WebCrypto of another engine.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { listenHere, noChromium, readBody, withChromium } from "./chromium.ts";
import type { Outcome } from "./node-test.ts";
import { bundlePage } from "./page-bundle.ts";

const root = new URL("../../", import.meta.url);
/** Where a page's tests find what they read; ".." ends at a server's root. */
const folders = [
  ["/vectors/", new URL("vectors/", root)],
  ["/shared/vectors/", new URL("../shared/vectors/", root)],
] as const;
const page =
  '<!doctype html><meta charset="utf-8"><title>attestation</title><script type="module" src="/suite.js"></script>';

function fileOf(path: string): URL | undefined {
  if (!/^[\w/.-]+$/.test(path) || path.includes("..")) return undefined;
  const found = folders.find(([prefix]) => path.startsWith(prefix));
  return found === undefined ? undefined : new URL(path.slice(found[0].length), found[1]);
}

function serveFile(path: string, response: ServerResponse): void {
  const file = fileOf(path);
  if (file === undefined || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.end(statSync(file).isDirectory() ? "" : readFileSync(file));
}

/** Runs a suite in Chromium, and gives what it reports. */
async function runInChromium(suite: string): Promise<Outcome[]> {
  const script = await bundlePage(suite);
  const { promise, resolve, reject } = settleable<Outcome[]>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    if (path === "/") response.setHeader("content-type", "text/html").end(page);
    else if (path === "/suite.js")
      response.setHeader("content-type", "text/javascript").end(script);
    else if (path === "/outcomes") {
      // oxlint-disable-next-line no-unsafe-type-assertion -- our own page wrote it
      resolve(JSON.parse(await readBody(request)) as Outcome[]);
      response.end();
    } else serveFile(path, response);
  };
  const { server, port } = await listenHere((request, response) => {
    serve(request, response).catch(reject);
  });
  try {
    return await withChromium(`http://127.0.0.1:${port}/`, promise);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function settleable<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
} {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

test(
  "the attestation suite passes in headless Chromium",
  { skip: noChromium, timeout: 600_000 },
  async () => {
    const outcomes = await runInChromium("attestation-suite.ts");
    assert.deepEqual(
      outcomes.filter(({ outcome }) => outcome === "failed"),
      [],
    );
    assert.ok(outcomes.length > 100, `${outcomes.length} tests`);
    const skipped = outcomes.filter(({ outcome }) => outcome === "skipped").length;
    const hasVectors = existsSync(new URL("../shared/vectors/", root));
    assert.equal(skipped > 0, !hasVectors, `${skipped} skipped`);
  },
);
