// A client's sessions with several proxies: one is asked, the next stands in while it is away.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import type { ProxySession } from "./proxy-session.ts";
import type { SessionKeeper, SessionTurn } from "./session-keeper.ts";

/** A proxy that may be asked. */
export type PooledProxy = {
  readonly bond: RawAddress;
  /** Begins to keep a session with it. Called once, when the proxy is needed first. */
  readonly keep: (onTurn: (turn: SessionTurn) => void) => SessionKeeper;
};

type Member = { readonly bond: RawAddress; readonly keeper: SessionKeeper };

/**
 * The first proxy is dialed at once. A later one is dialed, and a channel opened to it, when those before it can't be
 * reached or are lost; it then stays connected. Whichever comes first in the order and has a session is asked.
 */
export class SessionPool {
  readonly #left: PooledProxy[];
  readonly #members: Member[] = [];
  readonly #onTurn: (turn: SessionTurn, bond: RawAddress) => void;
  /** Each waits for a session with whichever proxy, those included that are dialed meanwhile. */
  readonly #joining = new Set<(member: Member) => void>();

  /** At least one proxy, the preferred first. */
  constructor(
    proxies: readonly PooledProxy[],
    onTurn: (turn: SessionTurn, bond: RawAddress) => void = () => undefined,
  ) {
    this.#left = [...proxies];
    this.#onTurn = onTurn;
    this.#startNext();
    if (this.#members.length === 0) throw new RangeError("no proxies");
  }

  /** All sessions with which requests can be made now, in the order of their proxies. */
  get all(): readonly ProxySession[] {
    return this.#members.flatMap(({ keeper }) => keeper.current ?? []);
  }

  /** The one to ask, if requests can be made now. */
  get current(): ProxySession | undefined {
    return this.all[0];
  }

  /**
   * The session, or the next one with any proxy; of the one proxy that is named, where one is. Rejects when there is none
   * for a while, with what stands in its way.
   */
  next(signal?: AbortSignal, bond?: RawAddress): Promise<ProxySession> {
    if (bond !== undefined) return this.#named(bond, signal);
    const { current } = this;
    if (current !== undefined) return Promise.resolve(current);
    return new Promise((resolve, reject) => {
      const errors: unknown[] = [];
      let asked = 0;
      const join = ({ keeper }: Member): void => {
        asked += 1;
        const joined = (session: ProxySession): void => {
          this.#joining.delete(join);
          resolve(session);
        };
        keeper.next(signal).then(joined, (error: unknown) => {
          errors.push(error);
          if (errors.length < asked) return;
          this.#joining.delete(join);
          reject(errors[0] instanceof Error ? errors[0] : new CocoonError("peer_unreachable"));
        });
      };
      this.#joining.add(join);
      for (const member of this.#members) join(member);
    });
  }

  /** Attaches anew the session that pays from this channel, to another channel when that is closed. */
  renew(channel: RawAddress): void {
    for (const { keeper } of this.#members) {
      if (keeper.current?.channel === channel) keeper.renew();
    }
  }

  /** Looks at the bonds again; a proxy that does not stand behind its word any more is left. */
  async review(): Promise<void> {
    await Promise.all(this.#members.map(({ keeper }) => keeper.review()));
  }

  async stop(): Promise<void> {
    this.#left.length = 0;
    await Promise.all(this.#members.map(({ keeper }) => keeper.stop()));
  }

  #named(bond: RawAddress, signal: AbortSignal | undefined): Promise<ProxySession> {
    while (this.#left.some((proxy) => proxy.bond === bond)) this.#startNext();
    const member = this.#members.find((one) => one.bond === bond);
    if (member !== undefined) return member.keeper.next(signal);
    return Promise.reject(new CocoonError("request_malformed", { param: "x-cocoon-proxy" }));
  }

  #startNext(): void {
    const proxy = this.#left.shift();
    if (proxy === undefined) return;
    const { bond } = proxy;
    const member = { bond, keeper: proxy.keep((turn) => this.#take(turn, bond)) };
    this.#members.push(member);
    for (const join of this.#joining) join(member);
  }

  #take(turn: SessionTurn, bond: RawAddress): void {
    this.#onTurn(turn, bond);
    if (turn.name !== "attached" && this.current === undefined) this.#startNext();
  }
}
