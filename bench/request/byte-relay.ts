// Two hops of bytes through Node and nothing else, in one process: node byte-relay.ts PORT

import { connect, createServer, type Server } from "node:net";
import { sayPort } from "./say-port.ts";

const target = Number(process.argv[2]);
const second = relayTo(() => target);
const first = relayTo(() => portOf(second));
second.listen(0, "127.0.0.1", () => first.listen(0, "127.0.0.1", () => sayPort(first)));

function relayTo(port: () => number): Server {
  return createServer({ noDelay: true }, (near) => {
    const far = connect({ port: port(), host: "127.0.0.1", noDelay: true });
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}
