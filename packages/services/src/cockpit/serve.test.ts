import { CocoonError, type EarningsRow, type WorkerReport } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLogger } from "../observe/index.ts";
import { WorkerMonitor } from "../worker/index.ts";
import { readAccess } from "./access.ts";
import { type CockpitView, serveCockpit } from "./serve.ts";
import { daysOf } from "./view.ts";

const logger = createLogger({ role: "test", destination: { write: () => undefined } });

async function openCockpit(context: TestContext, earnings: CockpitView["earnings"] = () => []) {
  const home = mkdtempSync(join(tmpdir(), "cocoon-cockpit-"));
  const monitor = new WorkerMonitor({ networkId: -7_239, now: () => 5 });
  const view: CockpitView = {
    report: () => monitor.report(),
    onChanged: (listener) => monitor.onChanged(listener),
    earnings,
    jobs: () => [],
    payouts: () => [],
  };
  const config = { port: 0, origins: ["https://cockpit.example"] };
  const cockpit = await serveCockpit({ home, config, view, logger });
  context.after(async () => {
    await cockpit.close();
    rmSync(home, { recursive: true, force: true });
  });
  const token = readAccess(home)?.token ?? "";
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${cockpit.url}${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  return { ask, cockpit, home, monitor, token, view };
}

async function codeOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  // oxlint-disable-next-line no-unsafe-type-assertion -- an error body of ours
  return (body as { error?: { code?: unknown } }).error?.code;
}

test("the API refuses whoever does not show the token, and keeps it where its owner alone may read", async (context) => {
  const { ask, home, token } = await openCockpit(context);
  for (const authorization of [
    "",
    "Bearer ",
    `Bearer ${"0".repeat(64)}`,
    `Basic ${token}`,
    token,
  ]) {
    const response = await ask("/v1/worker", { authorization });
    assert.deepEqual([response.status, await codeOf(response)], [401, "key_refused"]);
  }
  assert.equal(statSync(join(home, "api.json")).mode & 0o777, 0o600);
  assert.equal((await ask("/v1/worker")).status, 200);
});

test("the API answers pages of this machine and of its configuration, and no other", async (context) => {
  const { ask, cockpit } = await openCockpit(context);
  for (const origin of ["https://cockpit.example", "http://localhost:10000"]) {
    const allowed = await ask("/v1/worker", { origin });
    assert.equal(allowed.headers.get("access-control-allow-origin"), origin);
    const preflight = await fetch(`${cockpit.url}/v1/worker`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-headers": "authorization" },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-headers"), "authorization");
  }
  for (const origin of ["https://evil.example", "null", "https://127.0.0.1.evil.example"]) {
    const refused = await ask("/v1/worker", { origin });
    assert.equal(await codeOf(refused), "origin_refused");
    assert.equal(refused.headers.get("access-control-allow-origin"), null);
  }
});

test("the API answers to no name that a page lets resolve to this machine", async (context) => {
  const { cockpit, token } = await openCockpit(context);
  const status = await new Promise((resolve, reject) => {
    const headers = { host: "rebound.example", authorization: `Bearer ${token}` };
    request(`${cockpit.url}/v1/worker`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  assert.equal(status, 403);
});

test("the API refuses days and counts that are none", async (context) => {
  const { ask } = await openCockpit(context);
  for (const path of ["earnings?from=yesterday", "jobs?limit=0", "payouts?limit=99999"]) {
    assert.equal(await codeOf(await ask(`/v1/worker/${path}`)), "request_malformed");
  }
});

test("the API gives earnings of the days asked for, and days are UTC", async (context) => {
  const asked: (readonly string[])[] = [];
  const row: EarningsRow = {
    day: "2026-11-28",
    model: "m",
    answers: 1,
    promptTokens: 2,
    cachedTokens: 0,
    completionTokens: 3,
    earnedNanotons: "4",
    pendingNanotons: "0",
    lostNanotons: "0",
  };
  const { ask } = await openCockpit(context, (...days) => {
    asked.push(days);
    return [row];
  });
  const response = await ask("/v1/worker/earnings?from=2026-11-28&to=2026-11-28");
  assert.deepEqual(await response.json(), { object: "list", data: [row] });
  assert.deepEqual(asked, [["2026-11-28", "2026-11-28"]]);
  assert.deepEqual(daysOf("1970-01-02", "1970-01-02"), {
    fromMs: 86_400_000,
    untilMs: 172_800_000,
  });
});

test("the API tells of a change as it happens", async (context) => {
  const { ask, monitor } = await openCockpit(context);
  const response = await ask("/v1/worker/events");
  const reasons: (string | undefined)[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      // oxlint-disable-next-line no-unsafe-type-assertion -- the API's own shape
      const report = JSON.parse(event.replace(/^data: /, "")) as WorkerReport;
      reasons.push(report.reasons[0]?.code);
      if (reasons.length === 1) monitor.fault("no_engine");
      if (report.reasons.some(({ code }) => code === "no_engine")) monitor.mend("starting");
    }
    if (reasons.at(-1) === "no_engine") break;
  }
  assert.equal(reasons[0], "starting");
});

test("serveCockpit() keeps the token for who has it, and takes another port when that of last time is taken", async (context) => {
  const { cockpit, home, token, view } = await openCockpit(context);
  const options = { home, config: { port: 0, origins: [] }, view, logger };
  const beside = await serveCockpit(options);
  assert.notEqual(beside.url, cockpit.url);
  await beside.close();
  const again = await serveCockpit(options);
  assert.deepEqual(readAccess(home), { url: again.url, token });
  await again.close();
  const taken = serveCockpit({
    ...options,
    config: { port: Number(new URL(cockpit.url).port), origins: [] },
  });
  await assert.rejects(
    taken,
    (error) => error instanceof CocoonError && error.code === "option_invalid",
  );
});
