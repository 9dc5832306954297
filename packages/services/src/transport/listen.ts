import { once } from "node:events";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { CocoonError, type Connection } from "@cocoon/protocol";
import type { Stranger } from "./admission.ts";
import { createGuests, type Guests, type WelcomeOptions } from "./guests.ts";
import { type CarrierCertificate, createCarrierCertificate } from "./carrier-certificate.ts";
import type { Peer } from "@cocoon/sdk";
import { carry } from "./carry.ts";
import { alpnName, httpAlpnName, tlsOptions } from "./tls.ts";

export type ListenOptions = WelcomeOptions & {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** What TLS shows; a browser needs one of an authority that it knows. Default: one that nobody vouches for. */
  readonly certificate?: CarrierCertificate;
  /** Takes sockets whose TLS agreed on HTTP/1.1 or on nothing, so that web and nodes share one port. Default: refused. */
  readonly onHttp?: (socket: TLSSocket) => void;
};

export type Listener = {
  readonly port: number;
  /** Refuses new streams on all connections; each closes when its last stream is over. Still listens. */
  goAway(): void;
  /** Stops listening, ends all connections now, and resolves when all sockets are closed. */
  close(): Promise<void>;
};

/** Listens for nodes. Throws `option_invalid` when the port can't be had. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { onRefused = () => undefined } = options;
  const guests = createGuests(options);
  const server = createServer({
    ...tlsOptions,
    ...(options.certificate ?? createCarrierCertificate()),
    ALPNProtocols: options.onHttp === undefined ? [alpnName] : [alpnName, httpAlpnName],
  });
  server.on("connection", (socket) => guests.admission.take(socket));
  server.on("secureConnection", (socket) => welcome(socket, options, guests));
  const port = await startListening(server, options);
  // Too many open files: the socket is lost, the listener is not.
  server.on("error", () => onRefused({ code: "queue_full", remoteAddress: undefined }));
  return {
    port,
    goAway: () => guests.goAway(),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      await guests.close();
      await closed;
    },
  };
}

/** TLS is up; who is it? */
function welcome(socket: TLSSocket, options: ListenOptions, guests: Guests): void {
  // The "close" that follows says enough.
  socket.on("error", () => undefined);
  if (socket.alpnProtocol !== alpnName && options.onHttp !== undefined) {
    guests.admission.release(socket);
    options.onHttp(socket);
    return;
  }
  const stranger = guests.admission.find(socket);
  const onPeer = (peer: Peer): void => guests.seat(socket, peer);
  try {
    const connection = carry(socket, { ...options, side: "listener", onPeer });
    if (stranger !== undefined) void explain(stranger, connection);
  } catch (error) {
    socket.destroy();
    if (!(error instanceof CocoonError)) throw error;
  }
}

/** Should it stay a stranger, this is why. */
async function explain(stranger: Stranger, connection: Connection): Promise<void> {
  const error = await connection.closed;
  if (error !== undefined) stranger.code = error.code;
}

async function startListening(server: Server, options: ListenOptions): Promise<number> {
  const { host, port } = options;
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new CocoonError("option_invalid", { reason: "cannot listen", host, port }, { cause });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return address.port;
}
