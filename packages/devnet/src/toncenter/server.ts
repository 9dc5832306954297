// The HTTP face of the chain: toncenter's API v2 as JSON-RPC and as REST, the parts of v3 and of the streaming API
// that wallets and watchers use, and the controls of a devnet.

import { CocoonError } from "@cocoon/protocol";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import type { Ledger } from "../ledger/index.ts";
import { sharedHeaders } from "./headers.ts";
import { type Call, readCall } from "./request.ts";
import { EventStreams } from "./streaming/event-streams.ts";
import { openServerSent } from "./streaming/server-sent.ts";
import { openWebSocket } from "./streaming/web-socket.ts";

export type ServerOptions = {
  /** Whoever reaches this address can make money and move time. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Told about faults of ours; the client only learns that there was one. */
  readonly onFault: (error: unknown) => void;
};

export type RunningServer = {
  readonly port: number;
  /** Ends when no request is in progress and the port is free. */
  readonly close: () => Promise<void>;
};

const headers = { "content-type": "application/json; charset=utf-8", ...sharedHeaders };

/** Longer than the idle time after which clients give up a connection themselves. */
const keepAliveTimeoutMs = 120_000;
const requestTimeoutMs = 30_000;
/** How long a client that sends slowly may hold up a stop. */
const closeTimeoutMs = 2_000;

/** Serves a ledger. Throws option_invalid when the port is taken. */
export async function serveToncenter(
  ledger: Ledger,
  options: ServerOptions,
): Promise<RunningServer> {
  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
  });
  const streams = new EventStreams(ledger, options.onFault);
  server.on("request", (request, response) => {
    if (request.method === "POST" && isPath(request, "/api/streaming/v2/sse")) {
      void openServerSent(streams, request, response).catch((error: unknown) => {
        void respond(server, response, Promise.resolve(answerOf(error, options.onFault)));
      });
      return;
    }
    void respond(server, response, serveRequest(ledger, request, options.onFault));
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => undefined);
    try {
      if (!isPath(request, "/api/streaming/v2/ws")) throw new CocoonError("route_unknown");
      openWebSocket(streams, request, socket, head);
    } catch (error) {
      refuseUpgrade(socket, answerOf(error, options.onFault));
    }
  });
  await listen(server, options);
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    port,
    close: () => {
      streams.close();
      return close(server);
    },
  };
}

type Answer = { readonly status: number; readonly body?: unknown };

async function serveRequest(
  ledger: Ledger,
  request: IncomingMessage,
  onFault: ServerOptions["onFault"],
): Promise<Answer> {
  if (request.method === "OPTIONS") return { status: 204 };
  let call: Call | undefined;
  try {
    call = await readCall(request);
    const result = await call.method(ledger, call.params);
    // What a client sees must outlive a crash, or it would act on money that is not there.
    await ledger.settled();
    if (result === undefined && call.isBare) return { status: 404, body: notFound };
    if (result === undefined) return { status: 404, body: { ...notFound, ...call.envelope } };
    if (call.isBare) return { status: 200, body: result };
    const extra = `${ledger.nowSeconds()}`;
    return { status: 200, body: { ok: true, result, "@extra": extra, ...call.envelope } };
  } catch (error) {
    return answerOf(error, onFault, call?.envelope);
  }
}

function answerOf(error: unknown, onFault: ServerOptions["onFault"], envelope?: object): Answer {
  const refusal = refusalOf(error);
  if (refusal.code === 500 && !(error instanceof CocoonError)) onFault(error);
  return { status: refusal.code, body: { ok: false, ...refusal, ...envelope } };
}

function isPath({ url = "" }: IncomingMessage, path: string): boolean {
  return url.split("?", 1)[0] === path;
}

/** Node leaves it to us to answer a connection that was to become something else. */
function refuseUpgrade(socket: Duplex, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    connection: "close",
    "content-length": Buffer.byteLength(text),
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", text].join("\r\n"));
}

const notFound = { ok: false, error: "block or transaction is not found", code: 404 };

/** How toncenter puts it: a status that is also the code, and a text. */
function refusalOf(error: unknown): { readonly error: string; readonly code: number } {
  if (!(error instanceof CocoonError)) return { error: "internal fault", code: 500 };
  if (error.code !== "transaction_failed") return { error: error.message, code: error.row.status };
  const { exitCode, reason } = error.details;
  const cause =
    exitCode === undefined
      ? reason
      : `inbound external message rejected by account, exitcode=${exitCode}`;
  return {
    error: `LITE_SERVER_UNKNOWN: cannot apply external message to current state : ${cause}`,
    code: 500,
  };
}

async function respond(
  server: Server,
  response: ServerResponse,
  answer: Promise<Answer>,
): Promise<void> {
  const { status, body } = await answer;
  // The rest of an oversized body would be taken for the next request.
  if (status === 413 || !server.listening) response.setHeader("connection", "close");
  response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body));
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new CocoonError("option_invalid", { option: "port", port }, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), closeTimeoutMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
