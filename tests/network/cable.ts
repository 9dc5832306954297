// A cable between two nodes that a test can cut: what a killed process, a lost route or a pulled plug looks like.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export type Cable = {
  /** Dial this instead of the node behind it. */
  readonly port: number;
  /** Breaks everything that passes, without a word to either side; until mended nothing passes again. */
  cut(): void;
  mend(): void;
  /** Swallows what either side says from now on. Only cut() and mend() make it a good cable again. */
  mute(side: "near" | "far"): void;
  close(): Promise<void>;
};

/** Lays a cable to a port of this machine. */
export async function layCable(to: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  const muted = new Set<"near" | "far">();
  let isCut = false;
  const keep = (side: "near" | "far", socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on("data", (chunk) => {
      if (!muted.has(side)) other.write(chunk);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: "127.0.0.1", port: to });
    keep("near", near, far);
    keep("far", far, near);
  });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut,
    mend: () => {
      isCut = false;
      muted.clear();
    },
    mute: (side) => void muted.add(side),
    close: async () => {
      cut();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
