import { once } from "node:events";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { CocoonError, type Connection } from "@cocoon/protocol";
import { Admission, type Refusal, type Stranger } from "./admission.ts";
import { createCarrierCertificate } from "./carrier-certificate.ts";
import { carry, handshakeTimeoutMsDefault, type NodeOptions, type Peer } from "./peer.ts";
import { systemTimers } from "./timers.ts";
import { alpnName, tlsOptions } from "./tls.ts";

export type ListenOptions = NodeOptions & {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Sockets that haven't proved who they are, at once; one more is destroyed. Default 256. */
  readonly strangersMax?: number;
  /** Called for each peer that proved its key, before any stream of it is looked at. */
  readonly onPeer: (peer: Peer) => void;
  /** Told of each socket that never became a peer. */
  readonly onRefused?: (refusal: Refusal) => void;
};

export type Listener = {
  readonly port: number;
  /** Refuses new streams on all connections; each closes when its last stream is over. Still listens. */
  goAway(): void;
  /** Stops listening, ends all connections now, and resolves when all sockets are closed. */
  close(): Promise<void>;
};

const strangersMaxDefault = 256;

/** Listens for nodes. Throws `option_invalid` when the port can't be had. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { onRefused = () => undefined } = options;
  const admission = new Admission({
    timers: options.timers ?? systemTimers,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? handshakeTimeoutMsDefault,
    strangersMax: options.strangersMax ?? strangersMaxDefault,
    onRefused,
  });
  const peers = new Set<Peer>();
  const server = createServer({
    ...tlsOptions,
    ...createCarrierCertificate(),
    ALPNProtocols: [alpnName],
  });
  server.on("connection", (socket) => admission.take(socket));
  server.on("secureConnection", (socket) => welcome(socket, options, { admission, peers }));
  const port = await startListening(server, options);
  // Too many open files: the socket is lost, the listener is not.
  server.on("error", () => onRefused({ code: "queue_full", remoteAddress: undefined }));
  return {
    port,
    goAway: () => {
      for (const { connection } of peers) connection.goAway();
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      admission.close();
      await Promise.all(Array.from(peers, (peer) => peer.close()));
      await closed;
    },
  };
}

type Guests = { readonly admission: Admission; readonly peers: Set<Peer> };

/** TLS is up; who is it? */
function welcome(socket: TLSSocket, options: ListenOptions, { admission, peers }: Guests): void {
  // The "close" that follows says enough.
  socket.on("error", () => undefined);
  const stranger = admission.find(socket);
  const onPeer = (peer: Peer): void => {
    admission.release(socket);
    peers.add(peer);
    void peer.connection.closed.then(() => peers.delete(peer));
    options.onPeer(peer);
  };
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
