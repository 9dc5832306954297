// A client's session with its proxy, made again whenever it is lost.

import {
  CocoonError,
  createEvidenceCache,
  type EvidenceCache,
  equalBytes,
  type RawAddress,
  type Signer,
  type Tier,
  type TrustProfile,
} from "@cocoon/protocol";
import {
  maintain,
  type Maintained,
  type Peer,
  systemTimers,
  type Timers,
} from "../carrier/index.ts";
import type { BondedProxy, RequireWorkerBond, RootPolicy } from "../chain/index.ts";
import { type PaymentStore, Purse } from "../spend/index.ts";
import { ProxySession } from "./proxy-session.ts";
import { ResumableSessions } from "./resumable-sessions.ts";

export type SessionKeeperOptions = {
  readonly networkId: number;
  /** Who the proxy is now, by its bond. Throws bond_insufficient and chain_*: then nobody is dialed. */
  readonly proxy: () => Promise<BondedProxy>;
  /** Reaches it, over whatever carrier; the peer must prove its key. */
  readonly dial: (proxy: BondedProxy, signal: AbortSignal) => Promise<Peer>;
  readonly sessionKey: Signer;
  /** The channel to pay this payee from, opened if there is none. Called again after it was closed. */
  readonly channel: (payee: RawAddress) => Promise<RawAddress>;
  readonly store: PaymentStore;
  readonly policy: () => Promise<RootPolicy>;
  readonly profiles: readonly TrustProfile[];
  readonly requireBond?: RequireWorkerBond;
  readonly now: () => number;
  /** The lowest tier that will be asked for: whose workers are verified before anything is asked. */
  readonly tier: Tier;
  /** As in SessionOptions. */
  readonly recipientsMax?: number;
  readonly keepsSessions?: boolean;
  /** How long a request waits for a session before it is told what stands in the way. Default 30 s. */
  readonly patienceMs?: number;
  /** Told of each turn, for a log or a page. */
  readonly onTurn?: (turn: SessionTurn) => void;
  readonly timers?: Timers;
};

/** What became of a session, or of an attempt at one. */
export type SessionTurn =
  | { readonly name: "attached"; readonly channel: RawAddress }
  | { readonly name: "not_attached" | "unreachable" | "left" | "lost"; readonly error: unknown };

const patienceMsDefault = 30_000;
/** Bundles of 64 workers and their collateral are about 2 MiB. */
const evidenceMax = 64;
/** A channel that can't be attached, or the chain being away, is tried again after this. */
const retryMs = 1_000;
const dialDelayMaxMs = 2_000;

type Waiting = { readonly resolve: (session: ProxySession) => void };

export class SessionKeeper {
  readonly #options: SessionKeeperOptions;
  readonly #timers: Timers;
  readonly #evidence: EvidenceCache = createEvidenceCache({ sizeMax: evidenceMax });
  readonly #resumable = new ResumableSessions();
  readonly #stopping = new AbortController();
  readonly #kept: Maintained;
  readonly #waiting = new Set<Waiting>();
  #session: ProxySession | undefined;
  /** One connection at a time: who it was made to. */
  #dialed: BondedProxy | undefined;
  #lastFailure = new CocoonError("peer_unreachable");

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#kept = maintain({
      signal: this.#stopping.signal,
      dial: async (signal) => {
        const proxy = await options.proxy();
        this.#dialed = proxy;
        return await options.dial(proxy, signal);
      },
      onConnected: (peer) => void this.#attach(peer),
      onDisconnected: (_peer, error) => this.#lose(error),
      onFailed: (error) => {
        this.#lastFailure = error;
        this.#tell({ name: "unreachable", error });
      },
      delayMaxMs: dialDelayMaxMs,
      timers: this.#timers,
    });
  }

  /** The session, if requests can be made now. */
  get current(): ProxySession | undefined {
    return this.#session?.isOpen === true ? this.#session : undefined;
  }

  /** The session, or the next one. Rejects when there is none for a while, with what stands in its way. */
  next(signal?: AbortSignal): Promise<ProxySession> {
    const { current } = this;
    if (current !== undefined) return Promise.resolve(current);
    const { patienceMs = patienceMsDefault } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        cancelTimeout();
        signal?.removeEventListener("abort", giveUp);
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        resolve: (session) => {
          settle();
          resolve(session);
        },
      };
      const giveUp = (): void => {
        settle();
        reject(signal?.aborted === true ? new CocoonError("cancelled") : this.#lastFailure);
      };
      const cancelTimeout = this.#timers.after(patienceMs, giveUp);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(waiting);
    });
  }

  /** Attaches anew, to another channel when the last one is closed. */
  renew(): void {
    void this.#kept.peer?.close();
  }

  /** Looks at the bond again; a proxy that does not stand behind its word any more is left. */
  async review(): Promise<void> {
    if (this.#kept.peer === undefined || this.#dialed === undefined) return;
    try {
      const { publicKey } = await this.#options.proxy();
      if (equalBytes(publicKey, this.#dialed.publicKey)) return;
    } catch (error) {
      const isLeft = error instanceof CocoonError && error.code === "bond_insufficient";
      if (!isLeft) throw error;
      this.#tell({ name: "left", error });
    }
    this.renew();
  }

  async stop(): Promise<void> {
    const session = this.#session;
    if (session?.isOpen === true) await session.pay().catch(() => undefined);
    session?.stop();
    this.#stopping.abort();
    await this.#kept.stopped;
  }

  /** Attaches the channel; while that fails, the connection is given up and made again. */
  async #attach(peer: Peer): Promise<void> {
    const { channel, store, sessionKey, networkId } = this.#options;
    const log = this.#dialed;
    if (log === undefined) return;
    try {
      const address = await channel(log.payout);
      const purse = await Purse.open({ channel: address, store, sessionKey, networkId });
      const session = await ProxySession.attach({
        ...this.#options,
        connection: peer.connection,
        log,
        purse,
        evidence: this.#evidence,
        sessions: this.#resumable,
      });
      this.#session = session;
      void session.prepare(this.#options.tier).catch(() => undefined); // Asking says it again.
      void session.ended.then(() => peer.close());
      this.#tell({ name: "attached", channel: purse.channel });
      for (const { resolve } of this.#waiting) resolve(session);
    } catch (error) {
      this.#tell({ name: "not_attached", error });
      if (error instanceof CocoonError) this.#lastFailure = error;
      const cancelRetry = this.#timers.after(retryMs, () => void peer.close());
      void peer.connection.closed.then(cancelRetry);
    }
  }

  #lose(error: CocoonError | undefined): void {
    const reason = error ?? new CocoonError("stopping");
    if (this.#session !== undefined) {
      this.#session.stop();
      this.#session = undefined;
      this.#lastFailure = error ?? new CocoonError("peer_unreachable");
    }
    this.#tell({ name: "lost", error: reason });
  }

  #tell(turn: SessionTurn): void {
    this.#options.onTurn?.(turn);
  }
}
