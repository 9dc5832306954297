import type { Connection, GreetOptions, HelloTerms, PeerIdentity, Signer } from "@cocoon/protocol";
import type { Timers } from "./timers.ts";

/** A node at the other end of a carrier, which proved its key. */
export type Peer = PeerIdentity & {
  readonly connection: Connection;
  readonly remoteAddress: string | undefined;
  /** Ends the connection now and resolves when the carrier is closed. In order: connection.goAway(). */
  close(): Promise<void>;
};

/** What both ends of a carrier say and expect. */
export type NodeOptions = Pick<
  HelloTerms,
  "identity" | "role" | "networkId" | "rootAddress" | "features"
> &
  Pick<GreetOptions, "expectRoles" | "streamsMax"> & {
    /** From the first packet to both HELLOs. Default 15 s. */
    readonly handshakeTimeoutMs?: number;
    readonly timers?: Timers;
  };

/** The same of a dialer, whose key may sign elsewhere. */
export type DialerOptions = Omit<NodeOptions, "identity"> & { readonly identity: Signer };

export const handshakeTimeoutMsDefault = 15_000;

/** How exactly silence is measured. */
export const tickMs = 1_000;
/** Bytes that a runtime may hold for a carrier before streams wait: a quarter millisecond at 10 Gbit/s. */
export const bufferedBytesMax = 256 * 1_024;
