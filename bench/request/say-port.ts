import type { Server } from "node:net";

/** Tells the parent where this process listens. */
export function sayPort(server: Server): void {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a port");
  process.send?.({ port: address.port });
}
