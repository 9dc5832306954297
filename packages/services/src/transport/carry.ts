import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import {
  type Carrier,
  type Connection,
  greet,
  type GreetOptions,
  type HelloTerms,
} from "@cocoon/protocol";
import {
  bufferedBytesMax,
  type NodeOptions,
  type Peer,
  systemTimers,
  tickMs,
  type Timers,
} from "@cocoon/sdk";
import { bindingOf } from "./tls.ts";

/** For the last frames to leave and the peer to close its side. */
export const lingerMs = 2_000;

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
