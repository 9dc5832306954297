// The gateway's session with its proxy, made again whenever it is lost.

import {
  CocoonError,
  createEvidenceCache,
  type EvidenceCache,
  fromHex,
  type RawAddress,
  type SigningKey,
  type TrustProfile,
} from "@cocoon/protocol";
import {
  maintain,
  type Maintained,
  type Peer,
  ProxySession,
  Purse,
  type RootPolicy,
} from "@cocoon/sdk";
import type { NetworkConfig, ProxyAddress } from "../config/index.ts";
import { errorFields, type Logger } from "../observe/index.ts";
import { dial } from "../transport/index.ts";
import type { AnswerStore } from "./answer-store.ts";

export type SessionKeeperOptions = {
  readonly network: NetworkConfig;
  readonly proxy: ProxyAddress;
  readonly sessionKey: SigningKey;
  /** The channel to pay from, opened if there is none. Called again after it was closed. */
  readonly channel: () => Promise<RawAddress>;
  readonly answers: AnswerStore;
  readonly policy: () => Promise<RootPolicy>;
  readonly profiles: readonly TrustProfile[];
  readonly now: () => number;
  readonly logger: Logger;
};

/** How long a request waits for a session before it is told that the proxy can't be reached. */
const patienceMs = 15_000;
/** Bundles of 64 workers and their collateral are about 2 MiB. */
const evidenceMax = 64;
/** A channel that can't be attached, or the chain being away, is tried again after this. */
const retryMs = 1_000;

type Waiting = { readonly resolve: (session: ProxySession) => void };

export class SessionKeeper {
  readonly #options: SessionKeeperOptions;
  readonly #evidence: EvidenceCache = createEvidenceCache({ sizeMax: evidenceMax });
  readonly #stopping = new AbortController();
  readonly #kept: Maintained;
  readonly #waiting = new Set<Waiting>();
  #session: ProxySession | undefined;
  #lastFailure = new CocoonError("peer_unreachable");

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
    const { network, proxy, sessionKey, logger } = options;
    this.#kept = maintain({
      signal: this.#stopping.signal,
      dial: (signal) =>
        dial({
          host: proxy.host,
          port: proxy.port,
          expectPublicKey: logKeyOf(proxy),
          identity: sessionKey,
          role: "client",
          networkId: network.networkId,
          rootAddress: network.root,
          signal,
        }),
      onConnected: (peer) => void this.#attach(peer),
      onDisconnected: (_peer, error) => this.#lose(error),
      onFailed: (error) => {
        this.#lastFailure = error;
        logger.debug("proxy_unreachable", { code: error.code });
      },
      delayMaxMs: 2_000,
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
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
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
      const timer = setTimeout(giveUp, patienceMs);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(waiting);
    });
  }

  /** Attaches anew, to another channel when the last one is closed. */
  renew(): void {
    void this.#kept.peer?.close();
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
    const { answers, channel, logger, network, now, policy, profiles, proxy, sessionKey } =
      this.#options;
    try {
      const { networkId } = network;
      const purse = await Purse.open({
        channel: await channel(),
        store: answers,
        sessionKey,
        networkId,
      });
      const session = await ProxySession.attach({
        connection: peer.connection,
        logKey: logKeyOf(proxy),
        networkId,
        purse,
        policy,
        profiles,
        evidence: this.#evidence,
        now,
      });
      this.#session = session;
      void session.ended.then(() => peer.close());
      logger.event("session_attached", { channel: purse.channel });
      for (const { resolve } of this.#waiting) resolve(session);
    } catch (error) {
      logger.warn("session_not_attached", errorFields(error));
      if (error instanceof CocoonError) this.#lastFailure = error;
      const retry = setTimeout(() => void peer.close(), retryMs);
      void peer.connection.closed.then(() => clearTimeout(retry));
    }
  }

  #lose(error: CocoonError | undefined): void {
    if (this.#session !== undefined) {
      this.#session.stop();
      this.#session = undefined;
      this.#lastFailure = error ?? new CocoonError("peer_unreachable");
    }
    this.#options.logger.warn("session_lost", { code: error?.code ?? "stopping" });
  }
}

function logKeyOf({ publicKey }: ProxyAddress): Uint8Array {
  const key = fromHex(publicKey);
  if (key?.length !== 32) throw new CocoonError("option_invalid", { field: "publicKey" });
  return key;
}
