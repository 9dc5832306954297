import { CocoonError } from "@cocoon/protocol";
import type { MessageSocket } from "./message-inbox.ts";
import { carryMessages, webSocketProtocol } from "./message-socket.ts";
import { type DialerOptions, handshakeTimeoutMsDefault, type Peer } from "./peer.ts";
import { systemTimers } from "./timers.ts";

export type DialWebSocketOptions = DialerOptions & {
  /** `wss://host[:port]/wire`, or `ws://` on the same machine. */
  readonly url: string;
  /** The key that the chain names; any other is `handshake_failed`. 32 bytes. */
  readonly expectPublicKey?: Uint8Array;
  /** Gives up dialing with `cancelled`. A peer once given is not touched. */
  readonly signal?: AbortSignal;
  /** Makes the socket. Default: the runtime's own WebSocket (browsers, Node 22 and later). */
  readonly openSocket?: (url: string, protocol: string) => OpeningSocket;
};

/** A socket that is not open yet. */
export type OpeningSocket = MessageSocket & {
  addEventListener(type: "open" | "error", listener: () => void): void;
};

/**
 * Dials a node over a WebSocket. Throws `option_invalid`, `peer_unreachable`, `peer_timeout`, `cancelled`, or what the
 * handshake says: `handshake_failed`, `network_mismatch`, `version_unsupported`.
 */
export function dialWebSocket(options: DialWebSocketOptions): Promise<Peer> {
  const { signal, timers = systemTimers, openSocket = openNative } = options;
  if (signal?.aborted === true) return Promise.reject(new CocoonError("cancelled"));
  return new Promise((resolve, reject) => {
    const socket = openSocket(options.url, webSocketProtocol);
    const settle = (): void => {
      cancelTimeout();
      signal?.removeEventListener("abort", abort);
    };
    // Does nothing once there is a peer.
    const fail = (error: CocoonError): void => {
      settle();
      reject(error);
    };
    const giveUp = (error: CocoonError): void => {
      fail(error);
      socket.close();
    };
    const abort = (): void => giveUp(new CocoonError("cancelled"));
    const cancelTimeout = timers.after(
      options.handshakeTimeoutMs ?? handshakeTimeoutMsDefault,
      () => giveUp(new CocoonError("peer_timeout", { reason: "handshake" })),
    );
    signal?.addEventListener("abort", abort);
    // The "close" that follows says as much: a page isn't told why.
    socket.addEventListener("error", () => undefined);
    socket.addEventListener("close", () =>
      fail(new CocoonError("peer_unreachable", { reason: "closed" })),
    );
    const onPeer = (peer: Peer): void => {
      settle();
      resolve(peer);
    };
    socket.addEventListener("open", () => {
      const ended = carryMessages(socket, { ...options, side: "dialer", onPeer });
      void ended.then((error) => fail(error ?? new CocoonError("peer_unreachable")));
    });
  });
}

function openNative(url: string, protocol: string): OpeningSocket {
  try {
    return new WebSocket(url, protocol);
  } catch (cause) {
    throw new CocoonError("option_invalid", { field: "url" }, { cause });
  }
}
