import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** A port base that a network can have now: the ports 0, 10, 11, 20 and 30 above it are free. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const first = await listenOn(0);
    const base = portOf(first);
    const others =
      base > 65_505 ? [] : await Promise.all([10, 11, 20, 30].map((n) => tryPort(base + n)));
    await close(first);
    const isFree = others.length === 4 && others.every((free) => free);
    if (isFree) return base;
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
