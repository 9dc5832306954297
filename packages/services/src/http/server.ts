import { createServer } from "node:http";
import { once } from "node:events";
import { getRequestListener } from "@hono/node-server";
import { CocoonError } from "@cocoon/protocol";
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
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => void listener(request, response));
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
