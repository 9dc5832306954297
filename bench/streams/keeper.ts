// A listener as a proxy has one, in a process of its own: takes peers, gives back what comes on their streams, and says on
// request how much memory it holds.

import { createSigningKey, primitives } from "@cocoon/protocol";
import { listen } from "@cocoon/services";
import { networkId, rootAddress } from "./terms.ts";

const listener = await listen({
  host: "127.0.0.1",
  port: 0,
  identity: createSigningKey(primitives.randomBytes(32)),
  role: "proxy",
  networkId,
  rootAddress,
  onPeer: ({ connection }) => {
    connection.serve((stream) => {
      void (async () => {
        for (let piece = await stream.read(); piece !== undefined; piece = await stream.read()) {
          await stream.send(piece);
        }
      })().catch(() => undefined);
    });
  },
});
process.on("message", () => {
  globalThis.gc?.();
  process.send?.({ memoryBytes: process.memoryUsage.rss() });
});
process.once("disconnect", () => process.exit());
process.send?.({ port: listener.port });
