import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** The way to a chain for a process that dies: after so many requests nothing passes any more. */
export type MortalLink = {
  /** Lives again, for so many requests; the last of them still arrives, but its answer is lost. */
  readonly revive: (requestsMax: number) => void;
  readonly close: () => Promise<void>;
};

/** Listens at a port and hands on to the origin. */
export async function openMortalLink(port: number, origin: string): Promise<MortalLink> {
  let left = Infinity;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    left -= 1;
    const isLast = left === 0;
    if (left < 0) {
      request.socket.destroy();
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { method = "GET", url = "/" } = request;
    const answer = await fetch(new URL(url, origin), {
      method,
      headers: { "content-type": "application/json" },
      ...(method === "POST" && { body: Buffer.concat(pieces) }),
    });
    const text = await answer.text();
    if (isLast) request.socket.destroy();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  };
  const server = createServer((request, response) => void pass(request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    revive: (requestsMax) => {
      left = requestsMax;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
