// Chunks over TLS in a process of its own, as many as the first line of a connection asks for: node chunk-source.ts PAUSE_MS BYTES

import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { createServer, type TLSSocket } from "node:tls";
import { createCarrierCertificate } from "../../packages/services/src/transport/carrier-certificate.ts";
import { sayPort } from "../request/say-port.ts";

const [pauseMs = 0, bytes = 0] = process.argv.slice(2).map(Number);
const chunk = Buffer.alloc(bytes, 1);

const server = createServer({ ...createCarrierCertificate(), minVersion: "TLSv1.3" }, (socket) => {
  socket.setNoDelay(true);
  void serve(socket);
});

async function serve(socket: TLSSocket): Promise<void> {
  const line = (await once(socket, "data")).join("");
  for (let left = Number(line); left > 0; left -= 1) {
    await setTimeout(pauseMs);
    socket.write(chunk);
  }
  socket.end();
}

server.listen(0, "127.0.0.1", () => sayPort(server));
