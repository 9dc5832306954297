// The worker's local API: what its owner sees, on this machine, with the token of a file that only the owner may read.

import {
  CocoonError,
  type EarningsRow,
  encodeEvent,
  errorBody,
  type JobReport,
  type PayoutReport,
  type WorkerReport,
} from "@cocoon/protocol";
import { eventStream, type EventWording } from "@cocoon/sdk";
import type { WorkerApiConfig } from "../config/index.ts";
import {
  createApp,
  type HttpApp,
  type HttpContext,
  type HttpServer,
  serveHttp,
} from "../http/index.ts";
import type { Logger } from "../observe/index.ts";
import { loadToken, readAccess, requireToken, writeAccess } from "./access.ts";
import { allowPages } from "./origins.ts";
import { follow, type ReportSource } from "./follow.ts";

/** What can be asked of a worker. */
export type CockpitView = ReportSource & {
  /** Days are UTC; the last is in it. */
  readonly earnings: (from: string, to: string) => readonly EarningsRow[];
  readonly jobs: (countMax: number) => readonly JobReport[];
  readonly payouts: (countMax: number) => readonly PayoutReport[];
};

export type CockpitOptions = {
  /** The worker's: where the token is kept. */
  readonly home: string;
  readonly config: WorkerApiConfig;
  readonly view: CockpitView;
  readonly logger: Logger;
};

export type RunningCockpit = {
  readonly url: string;
  readonly close: () => Promise<void>;
};

const host = "127.0.0.1";
const countDefault = 100;
const countMax = 10_000;
const day = /^\d{4}-\d{2}-\d{2}$/;
const [firstDay, lastDay] = ["0000-01-01", "9999-12-31"];

/** Serves a worker's API and writes how to reach it to its home. Throws option_invalid when the port can't be had. */
export async function serveCockpit(options: CockpitOptions): Promise<RunningCockpit> {
  const { config, home, logger, view } = options;
  const token = loadToken(home);
  const stopping = new AbortController();
  const app = createApp(logger);
  allowPages(app, config.origins);
  app.use(async (context, next) => {
    requireToken(context.req.header("authorization"), token);
    await next();
    context.res.headers.set("cache-control", "no-store");
  });
  addRoutes(app, view, stopping.signal);
  const server = await listen(app, home, config.port);
  const url = `http://${host}:${server.port}`;
  writeAccess(home, { url, token });
  logger.event("cockpit_listening", { url });
  return {
    url,
    close: async () => {
      stopping.abort();
      await server.close(0);
    },
  };
}

/** Where a port is free to choose, that of last time, so that a page that has the address keeps it. */
async function listen(app: HttpApp, home: string, port: number): Promise<HttpServer> {
  const last = Number(URL.parse(readAccess(home)?.url ?? "")?.port ?? 0);
  if (port !== 0 || last === 0) return await serveHttp(app, { host, port });
  try {
    return await serveHttp(app, { host, port: last });
  } catch {
    return await serveHttp(app, { host, port });
  }
}

function addRoutes(app: HttpApp, view: CockpitView, signal: AbortSignal): void {
  app.get("/v1/worker", () => Response.json(view.report()));
  app.get("/v1/worker/earnings", (context) => {
    const [from, to] = [dayOf(context, "from", firstDay), dayOf(context, "to", lastDay)];
    return listOf(view.earnings(from, to));
  });
  app.get("/v1/worker/jobs", (context) => listOf(view.jobs(countOf(context))));
  app.get("/v1/worker/payouts", (context) => listOf(view.payouts(countOf(context))));
  app.get("/v1/worker/events", () => {
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(eventStream(follow(view, signal), wording), { headers });
  });
}

const wording: EventWording<WorkerReport> = {
  event: encodeEvent,
  end: "",
  failure: (error) => encodeEvent(errorBody(error).body),
};

function listOf(data: readonly object[]): Response {
  return Response.json({ object: "list", data });
}

function dayOf(context: HttpContext, name: string, absent: string): string {
  const text = context.req.query(name);
  if (text === undefined) return absent;
  if (day.test(text)) return text;
  throw new CocoonError("request_malformed", { param: name, reason: "not a day: 2026-11-28" });
}

function countOf(context: HttpContext): number {
  const text = context.req.query("limit");
  if (text === undefined) return countDefault;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= countMax) return count;
  throw new CocoonError("request_malformed", { param: "limit", reason: `1 to ${countMax}` });
}
