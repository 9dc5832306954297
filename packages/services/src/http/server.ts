import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener, RequestError } from "@hono/node-server";
import { CocoonError, errorBody } from "@cocoon/protocol";
import type { HttpApp } from "./app.ts";

/** What answers HTTP on sockets, wherever they come from. */
export type HttpService = {
  /** Serves a socket, such as one whose TLS agreed on HTTP/1.1. */
  readonly take: (socket: Socket) => void;
  /** Lets requests under way finish for this long, then cuts them. */
  readonly close: (graceMs: number) => Promise<void>;
};

export type HttpServer = HttpService & { readonly port: number };

/** Who takes requests to become another protocol, by path. Any other is refused with route_unknown. */
export type Upgrades = Readonly<Record<string, Upgrade>>;

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export type ServeHttpOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly upgrades?: Upgrades;
};

/** Longer than a client that is busy itself keeps a connection in stock: one that closes as it is used again loses a request. */
const keepAliveTimeoutMs = 120_000;
/** How long a client that was answered early may go on to send its request before it is cut: as nginx does. */
const lingerMs = 30_000;

/** Serves an app on a port. Throws option_invalid when the port can't be had. */
export async function serveHttp(
  app: HttpApp,
  { host, port, upgrades = {} }: ServeHttpOptions,
): Promise<HttpServer> {
  const server = createHttpServer(app, upgrades);
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new CocoonError("option_invalid", { reason: "cannot listen", host, port }, { cause });
  }
  const address = server.address();
  return {
    ...serviceOf(server),
    port: typeof address === "object" && address !== null ? address.port : port,
  };
}

/** Serves an app on the sockets that take() is given, and on no port. */
export function serveHttpSockets(app: HttpApp, upgrades: Upgrades): HttpService {
  return serviceOf(createHttpServer(app, upgrades));
}

function createHttpServer(app: HttpApp, upgrades: Upgrades): Server {
  // Its own cleanup resets a client half a second after the answer, often before that was read.
  const options = { errorHandler: refuseUnroutable, autoCleanupIncoming: false };
  const listener = getRequestListener(app.fetch, options);
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
    response.once("finish", () => discardRest(request));
    void listener(request, response);
  });
  server.on("clientError", refuseUnreadable);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path = ""] = (request.url ?? "").split("?");
    const upgrade = Object.hasOwn(upgrades, path) ? upgrades[path] : undefined;
    if (upgrade === undefined) refuse(socket, new CocoonError("route_unknown"));
    else upgrade(request, socket, head);
  });
  return server;
}

function serviceOf(server: Server): HttpService {
  // Node forgets a connection that said what is no HTTP, and would wait for it for ever.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    take: (socket) => void server.emit("connection", socket),
    close: async (graceMs) => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const cut = setTimeout(cutAll, graceMs);
      await closed;
      clearTimeout(cut);
      // Sockets that were taken are not waited for.
      cutAll();
    },
  };
}

/** Takes what an answered client still sends: with unread bytes the system resets the connection, answer and all. */
function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  request.once("close", () => clearTimeout(cut));
  request.removeAllListeners("data").resume();
}

/** What never reached the app: a host or a path that make no URL. */
function refuseUnroutable(error: unknown): Response {
  const isMalformed = error instanceof RequestError;
  const { status, body } = errorBody(
    new CocoonError(isMalformed ? "request_malformed" : "internal"),
  );
  return Response.json(body, { status });
}

/** What is no HTTP, or more of it than Node reads. The socket can't be used again. */
function refuseUnreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const isTooLarge = error.code === "HPE_HEADER_OVERFLOW";
  refuse(socket, new CocoonError(isTooLarge ? "request_too_large" : "request_malformed"));
}

/** Says why, and closes. */
function refuse(socket: Duplex, error: CocoonError): void {
  const refusal = errorBody(error);
  const body = JSON.stringify(refusal.body);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(cut));
}
