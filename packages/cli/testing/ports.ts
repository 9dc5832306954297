import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * A port base that a network can have now and later: the ports 0, 10, 11, 20 and 30 above it are free, and below those
 * that systems give to connections.
 */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = randomInt(11_000, 32_000);
    const free = await Promise.all([0, 10, 11, 20, 30].map((above) => tryPort(base + above)));
    if (free.every((isFree) => isFree)) return base;
  }
}

/** Takes a port until it is closed. */
export async function listenOn(port: number): Promise<Server> {
  const server = createServer().listen({ host: "127.0.0.1", port });
  await once(server, "listening");
  return server;
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new RangeError("no port");
  return address.port;
}

async function tryPort(port: number): Promise<boolean> {
  try {
    await close(await listenOn(port));
    return true;
  } catch {
    return false;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
