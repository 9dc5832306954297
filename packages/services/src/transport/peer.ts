import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import {
  type Carrier,
  type Connection,
  greet,
  type GreetOptions,
  type HelloTerms,
  type PeerIdentity,
} from "@cocoon/protocol";
import { systemTimers, type Timers } from "./timers.ts";
import { bindingOf } from "./tls.ts";

/** A node at the other end of a socket, which proved its key. */
export type Peer = PeerIdentity & {
  readonly connection: Connection;
  readonly remoteAddress: string | undefined;
  /** Ends the connection now and resolves when the socket is closed. In order: connection.goAway(). */
  close(): Promise<void>;
};

/** What both ends of a socket say and expect. */
export type NodeOptions = Pick<
  HelloTerms,
  "identity" | "role" | "networkId" | "rootAddress" | "features"
> &
  Pick<GreetOptions, "expectRoles" | "streamsMax" | "pingAfterMs" | "silenceMaxMs"> & {
    /** From the first packet to both HELLOs. Default 5 s. */
    readonly handshakeTimeoutMs?: number;
    readonly timers?: Timers;
  };

export const handshakeTimeoutMsDefault = 5_000;

/** How exactly silence is measured. */
const tickMs = 5_000;
/** Bytes that Node may hold for a socket before streams wait: a quarter millisecond at 10 Gbit/s. */
const bufferedBytesMax = 256 * 1_024;
/** For the last frames to leave and the peer to close its side. */
const lingerMs = 2_000;

type CarryOptions = NodeOptions &
  Pick<GreetOptions, "expectPublicKey"> & {
    readonly side: HelloTerms["side"];
    readonly onPeer: (peer: Peer) => void;
  };

/**
 * Puts a connection on a TLS socket whose handshake is over. Certificates were not looked at: onPeer is called only
 * once the peer signed this session's exporter value with its own key. Throws `handshake_failed` on another protocol.
 */
export function carry(socket: TLSSocket, options: CarryOptions): Connection {
  const { timers = systemTimers, onPeer } = options;
  const { remoteAddress } = socket;
  const socketClosed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const connection: Connection = greet({
    ...options,
    terms: { ...options, binding: bindingOf(socket) },
    carrier: socketCarrier(socket, timers),
    onPeer: (identity) => {
      const close = (): Promise<void> => {
        connection.close();
        return socketClosed;
      };
      onPeer({ ...identity, connection, remoteAddress, close });
    },
  });
  const stopTicking = timers.every(tickMs, () => connection.tick(timers.nowMs()));
  socket.setNoDelay(true);
  socket.on("data", (chunk) => connection.receive(chunk));
  socket.on("drain", () => connection.drained());
  socket.on("close", () => {
    stopTicking();
    connection.carrierClosed();
  });
  return connection;
}

function socketCarrier(socket: Socket, timers: Timers): Carrier {
  return {
    write: (chunks) => {
      if (!socket.writable) return true;
      socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
      // Only then will "drain" come.
      return !socket.writableNeedDrain || socket.writableLength < bufferedBytesMax;
    },
    schedule: (flush) => void setImmediate(flush),
    close: () => {
      if (socket.destroyed) return;
      socket.end();
      const cancel = timers.after(lingerMs, () => socket.destroy());
      socket.once("close", cancel);
    },
  };
}
