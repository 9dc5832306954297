import { connect, type TLSSocket } from "node:tls";
import { CocoonError } from "@cocoon/protocol";
import { handshakeTimeoutMsDefault, type NodeOptions, type Peer, systemTimers } from "@cocoon/sdk";
import { carry } from "./carry.ts";
import { alpnName, dialContext } from "./tls.ts";

export type DialOptions = NodeOptions & {
  readonly host: string;
  readonly port: number;
  /** The key that the chain or an evidence bundle names; any other is `handshake_failed`. 32 bytes. */
  readonly expectPublicKey?: Uint8Array;
  /** Gives up dialing with `cancelled`. A peer once given is not touched. */
  readonly signal?: AbortSignal;
};

/**
 * Dials a node. Throws `peer_unreachable`, `peer_timeout`, `cancelled`, or what the handshake says:
 * `handshake_failed`, `network_mismatch`, `version_unsupported`.
 *
 * The certificate is not verified, on purpose. A certificate would tie the session to a name that some authority
 * vouches for, and there is neither here. What ties it to a node is the HELLO: a signature, by the key that was
 * dialed, over a value that only the two ends of this TLS session can compute. Somebody in the middle has two
 * sessions with two values, and can pass on neither signature.
 */
export function dial(options: DialOptions): Promise<Peer> {
  const { signal, timers = systemTimers } = options;
  if (signal?.aborted === true) return Promise.reject(new CocoonError("cancelled"));
  return new Promise((resolve, reject) => {
    const socket = openSocket(options);
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
      socket.destroy();
    };
    const abort = (): void => giveUp(new CocoonError("cancelled"));
    const cancelTimeout = timers.after(
      options.handshakeTimeoutMs ?? handshakeTimeoutMsDefault,
      () => giveUp(new CocoonError("peer_timeout", { reason: "handshake" })),
    );
    signal?.addEventListener("abort", abort);
    socket.on("error", (error) => fail(refusalOf(error)));
    socket.on("close", () => fail(new CocoonError("peer_unreachable", { reason: "closed" })));
    const onPeer = (peer: Peer): void => {
      settle();
      resolve(peer);
    };
    socket.once("secureConnect", () => greetPeer(socket, { ...options, onPeer, fail }));
  });
}

function openSocket({ host, port }: DialOptions): TLSSocket {
  return connect({
    host,
    port,
    secureContext: dialContext(),
    ALPNProtocols: [alpnName],
    rejectUnauthorized: false,
  });
}

type Outcome = {
  readonly onPeer: (peer: Peer) => void;
  readonly fail: (error: CocoonError) => void;
};

function greetPeer(socket: TLSSocket, options: DialOptions & Outcome): void {
  const { fail } = options;
  try {
    const connection = carry(socket, { ...options, side: "dialer" });
    const unexplained = new CocoonError("peer_unreachable");
    void connection.closed.then((error) => fail(error ?? unexplained));
  } catch (error) {
    socket.destroy();
    if (!(error instanceof CocoonError)) throw error;
    fail(error);
  }
}

/** TLS alerts and garbage in place of TLS are a failed handshake, the rest is the network. */
function refusalOf(error: Error & { readonly code?: string }): CocoonError {
  const { code = "unknown" } = error;
  const isTls = code.startsWith("ERR_SSL") || code === "EPROTO";
  const refusal = isTls ? "handshake_failed" : "peer_unreachable";
  return new CocoonError(refusal, { reason: code }, { cause: error });
}
