import { createServer, STATUS_CODES } from "node:http";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { getRequestListener, RequestError } from "@hono/node-server";
import { CocoonError, errorBody } from "@cocoon/protocol";
import type { HttpApp } from "./app.ts";

export type HttpServer = {
  readonly port: number;
  /** Stops listening, lets requests under way finish for this long, then cuts them. */
  readonly close: (graceMs: number) => Promise<void>;
};

/** Serves an app. Throws option_invalid when the port can't be had. */
export async function serveHttp(
  app: HttpApp,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HttpServer> {
  const listener = getRequestListener(app.fetch, { errorHandler: refuseUnroutable });
  const server = createServer((request, response) => void listener(request, response));
  server.on("clientError", refuseUnreadable);
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new CocoonError("option_invalid", { reason: "cannot listen", host, port }, { cause });
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: async (graceMs) => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
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
  const refusal = errorBody(
    new CocoonError(isTooLarge ? "request_too_large" : "request_malformed"),
  );
  const body = JSON.stringify(refusal.body);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
