// A WebSocket as a carrier: a browser's own at the dialer, the one of a library at the listener. Spec section 3.1.

import {
  type Carrier,
  CocoonError,
  concatBytes,
  type Connection,
  enterTunnel,
  greet,
  type GreetOptions,
  offerTunnel,
  signHello,
  type Tunnel,
} from "@cocoon/protocol";
import { MessageInbox, type MessageSocket } from "./message-inbox.ts";
import {
  bufferedBytesMax,
  type DialerOptions,
  type NodeOptions,
  type Peer,
  tickMs,
} from "./peer.ts";
import { systemTimers, type Timers } from "./timers.ts";

/** The WebSocket subprotocol. */
export const webSocketProtocol = "cocoon.1";
/** The largest message: a flush of 128 KiB, a payload of 129 KiB that came on top of it, and the tag. */
export const webSocketMessageBytesMax = 512 * 1_024;

/** How often a full socket is looked at: nothing tells when it has room again. */
const drainLookMs = 10;
const plainClose = 1_000;

export type CarryMessagesOptions = (
  | (DialerOptions & { readonly side: "dialer" })
  | (NodeOptions & { readonly side: "listener" })
) &
  Pick<GreetOptions, "expectPublicKey"> & {
    readonly remoteAddress?: string | undefined;
    readonly onPeer: (peer: Peer) => void;
  };

/**
 * Puts a connection on an open WebSocket: a tunnel, the HELLOs, then frames. Resolves with how the connection ended,
 * as Connection.closed does; `handshake_failed` when it never began.
 */
export async function carryMessages(
  socket: MessageSocket,
  options: CarryMessagesOptions,
): Promise<CocoonError | undefined> {
  socket.binaryType = "arraybuffer";
  const inbox = new MessageInbox(socket);
  const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  // The "close" that follows says enough.
  socket.addEventListener("error", () => undefined);
  try {
    const tunnel = await (options.side === "dialer"
      ? dialTunnel(socket, inbox)
      : listenTunnel(socket, inbox));
    const terms = await termsOf(options, tunnel.binding);
    return await converse({ socket, inbox, tunnel, closed }, options, terms);
  } catch (error) {
    socket.close(plainClose);
    if (!(error instanceof CocoonError)) throw error;
    return error;
  }
}

async function termsOf(
  options: CarryMessagesOptions,
  binding: Uint8Array,
): Promise<GreetOptions["terms"]> {
  if (options.side === "listener") return { ...options, binding };
  return { ...options, binding, hello: await signHello({ ...options, binding }) };
}

async function dialTunnel(socket: MessageSocket, inbox: MessageInbox): Promise<Tunnel> {
  const { answer, tunnel } = await enterTunnel(await inbox.next());
  socket.send(Uint8Array.from(answer));
  return tunnel;
}

async function listenTunnel(socket: MessageSocket, inbox: MessageInbox): Promise<Tunnel> {
  const { offer, enter } = await offerTunnel();
  socket.send(Uint8Array.from(offer));
  return await enter(await inbox.next());
}

type Parts = {
  readonly socket: MessageSocket;
  readonly inbox: MessageInbox;
  readonly tunnel: Tunnel;
  readonly closed: Promise<void>;
};

function converse(
  { socket, inbox, tunnel, closed }: Parts,
  options: CarryMessagesOptions,
  terms: GreetOptions["terms"],
): Promise<CocoonError | undefined> {
  const { timers = systemTimers, onPeer, remoteAddress } = options;
  const connection: Connection = greet({
    ...options,
    terms,
    carrier: messageCarrier(socket, tunnel, { timers, onDrained: () => connection.drained() }),
    onPeer: (identity) => {
      const close = (): Promise<void> => {
        connection.close();
        return closed;
      };
      onPeer({ ...identity, connection, remoteAddress, close });
    },
  });
  const stopTicking = timers.every(tickMs, () => connection.tick(timers.nowMs()));
  const end = (): void => {
    stopTicking();
    connection.carrierClosed();
  };
  // The socket may have closed while the tunnel was made.
  void closed.then(end);
  inbox.pass(
    (message) => receive(connection, tunnel, message),
    () => connection.close("frame_malformed"),
  );
  return connection.closed;
}

function receive(connection: Connection, tunnel: Tunnel, message: Uint8Array): void {
  try {
    connection.receive(tunnel.open(message));
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    connection.close(error.code);
  }
}

function messageCarrier(
  socket: MessageSocket,
  tunnel: Tunnel,
  { timers, onDrained }: { readonly timers: Timers; readonly onDrained: () => void },
): Carrier {
  const look = (): void => {
    if (socket.bufferedAmount < bufferedBytesMax) onDrained();
    else timers.after(drainLookMs, look);
  };
  return {
    write: (chunks) => {
      socket.send(Uint8Array.from(tunnel.seal(concatBytes(...chunks))));
      if (socket.bufferedAmount < bufferedBytesMax) return true;
      timers.after(drainLookMs, look);
      return false;
    },
    schedule: (flush) => queueMicrotask(flush),
    close: () => socket.close(plainClose),
  };
}
