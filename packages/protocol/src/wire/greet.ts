import { equalBytes } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import {
  encodeHello,
  type HelloTerms,
  type NodeRole,
  type OwnTerms,
  type PeerIdentity,
  verifyHello,
} from "./hello.ts";

export type GreetOptions = Omit<ConnectionOptions, "side" | "onHello"> & {
  /** A dialer whose key signs elsewhere brings the HELLO that signHello() made. */
  readonly terms: HelloTerms | SignedTerms;
  /** The only key that will do, 32 bytes. */
  readonly expectPublicKey?: Uint8Array;
  /** The only roles that will do. */
  readonly expectRoles?: readonly NodeRole[];
  /** Called once both sides' keys are known to this side, before any stream of the peer is looked at. */
  readonly onPeer: (identity: PeerIdentity) => void;
};

/** A dialer's terms, with the HELLO that says so. */
export type SignedTerms = OwnTerms & { readonly side: "dialer"; readonly hello: Uint8Array };

/**
 * A connection on a fresh carrier, with each side's HELLO. The dialer speaks first; the listener answers only
 * one whom it accepts, so a stranger learns nothing but a code. When it fails, Connection.closed says why.
 */
export function greet(options: GreetOptions): Connection {
  const { terms } = options;
  const connection = new Connection({
    ...options,
    side: terms.side,
    onHello: (payload) => {
      const identity = verifyHello(payload, terms);
      expect(identity, options);
      if (terms.side === "listener") connection.sendHello(helloOf(terms));
      options.onPeer(identity);
    },
  });
  if (terms.side === "dialer") connection.sendHello(helloOf(terms));
  return connection;
}

function helloOf(terms: GreetOptions["terms"]): Uint8Array {
  return "hello" in terms ? terms.hello : encodeHello(terms);
}

function expect(identity: PeerIdentity, options: GreetOptions): void {
  const { expectPublicKey, expectRoles } = options;
  if (expectPublicKey !== undefined && !equalBytes(identity.publicKey, expectPublicKey)) {
    throw new CocoonError("handshake_failed", { reason: "another key" });
  }
  if (expectRoles !== undefined && !expectRoles.includes(identity.role)) {
    throw new CocoonError("handshake_failed", { reason: "another role" });
  }
}
