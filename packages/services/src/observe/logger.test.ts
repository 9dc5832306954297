import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { errorFields } from "./error-fields.ts";
import { createLogger, type Logger, type LoggerOptions } from "./logger.ts";

const canary = "tell me about xylophones";

function createLines(options: Partial<LoggerOptions> = {}): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger({
    role: "proxy",
    nowMs: () => 1_790_000_000_123,
    destination: { write: (line) => void lines.push(line) },
    ...options,
  });
  return { logger, lines };
}

function parseLine(line: string | undefined): Record<string, unknown> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- a line is an object, or the test fails
  return JSON.parse(line ?? "") as Record<string, unknown>;
}

/** The logger as plain JavaScript sees it. */
function unchecked(logger: Logger): (name: string, fields?: unknown) => void {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what the types forbid is what is tested
  return logger.event as (name: string, fields?: unknown) => void;
}

test("event() writes one JSON line: level, time, role, name and fields", () => {
  const { logger, lines } = createLines();
  logger.event("worker_joined", {
    workerId: "ab".repeat(32),
    tier: "confidential-gpu",
    url: "tls://127.0.0.1:10010",
    concurrency: 4,
    isFirst: true,
    deposit: 2n ** 63n,
    model: undefined,
  });
  assert.equal(lines.length, 1);
  assert.ok(lines[0]?.endsWith("}\n"));
  assert.deepEqual(parseLine(lines[0]), {
    level: "info",
    timeMs: 1_790_000_000_123,
    role: "proxy",
    event: "worker_joined",
    workerId: "ab".repeat(32),
    tier: "confidential-gpu",
    url: "tls://127.0.0.1:10010",
    concurrency: 4,
    isFirst: true,
    deposit: "9223372036854775808",
  });
});

test("event() does not type-check with a text under a free name, nor with a computed event name", () => {
  const { logger, lines } = createLines();
  // @ts-expect-error -- a text under a name that is not in the list
  logger.event("request_received", { prompt: canary });
  // @ts-expect-error -- an object
  logger.event("request_received", { body: { prompt: canary } });
  // @ts-expect-error -- a name that is not written here
  logger.event(canary.toLowerCase());
  assert.ok(!lines.join("").includes("xylophones"));
});

test("event() holds back whatever came past the compiler", () => {
  const { logger, lines } = createLines();
  const event = unchecked(logger);
  event("request_received", { prompt: "xylophones" });
  event("request_received", { body: { prompt: canary }, list: [canary], none: null });
  event("request_received", { model: canary, requestId: "x".repeat(129), code: "ключ" });
  event("request_received", { [canary]: 1, level: 1, role: 1, event: 1, timeMs: 1 });
  event("request_received", { model: "line\nbreak", url: "http://a/?q=xylophones" });
  event(canary, {});
  event(`${canary} %s`, {});
  const written = lines.map((line) => {
    const { level, timeMs, role, ...rest } = parseLine(line);
    assert.deepEqual(
      { level, timeMs, role },
      { level: "info", timeMs: 1_790_000_000_123, role: "proxy" },
    );
    return rest;
  });
  assert.deepEqual(written, [
    { event: "request_received", prompt: "[redacted]" },
    { event: "request_received", body: "[redacted]", list: "[redacted]", none: "[redacted]" },
    {
      event: "request_received",
      model: "[redacted]",
      requestId: "[redacted]",
      code: "[redacted]",
    },
    { event: "request_received" },
    { event: "request_received", model: "[redacted]", url: "[redacted]" },
    { event: "event_misnamed" },
    { event: "event_misnamed" },
  ]);
});

test("createLogger() keeps what is below its level to itself", () => {
  const { logger, lines } = createLines({ level: "warn" });
  logger.debug("stream_opened");
  logger.event("started");
  logger.warn("peer_misbehaved");
  logger.error("storage_failed");
  assert.deepEqual(
    lines.map((line) => /"level":"(\w+)"/.exec(line)?.[1]),
    ["warn", "error"],
  );
  const silent = createLines({ level: "silent" });
  silent.logger.error("storage_failed");
  assert.deepEqual(silent.lines, []);
});

test("createLogger() appends to a file that only its owner can read; close() is final", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-log-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "proxy.log");
  for (const port of [1, 2]) {
    const logger = createLogger({ role: "proxy", destination: { path } });
    logger.event("started", { port });
    logger.close();
    logger.close();
    logger.event("started", { port: 3 });
  }
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const ports = lines.map((line) => parseLine(line)["port"]);
  assert.deepEqual(ports, [1, 2]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("createLogger() refuses a file that cannot be opened", () => {
  const path = join(tmpdir(), "cocoon-absent-folder", "proxy.log");
  assert.throws(() => createLogger({ role: "proxy", destination: { path } }), { code: "ENOENT" });
});

test("errorFields() tells codes and places, never messages or details", () => {
  const { logger, lines } = createLines();
  const report = (error: unknown) => logger.error("request_failed", errorFields(error));
  const diskFull = Object.assign(new Error(canary), { code: "SQLITE_FULL" });
  report(new CocoonError("storage_failed", { reason: canary }, { cause: diskFull }));
  report(Object.assign(new Error(canary), { code: "ECONNRESET" }));
  report(new TypeError(`${canary}\n    at xylophones (/xylophones.ts:1:1)`));
  report(canary);
  assert.ok(!lines.join("").includes("xylophones"));
  const [refusal, reset, bug, thrown] = lines.map(parseLine);
  assert.equal(refusal?.["code"], "storage_failed");
  assert.equal(refusal["cause"], "SQLITE_FULL");
  assert.equal(refusal["at"], undefined);
  assert.equal(reset?.["code"], "ECONNRESET");
  assert.equal(bug?.["code"], "internal");
  assert.equal(bug["errorName"], "TypeError");
  assert.match(String(bug["at"]), /observe\/logger\.test\.ts:\d+:\d+$/);
  assert.equal(thrown?.["code"], "internal");
});
