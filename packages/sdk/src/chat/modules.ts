import type { Privacy, RawAddress, Tier } from "@cocoon/protocol";
import type { RootPolicy } from "../chain/index.ts";
import type { ProxySession } from "../session/index.ts";

/** What a client stands on; its host gives it. */
export type CocoonModules = {
  /**
   * The session to ask, waiting while a connection is made; with the proxy of this bond where one is named. Rejects with
   * `peer_unreachable` when there is none.
   */
  readonly session: (signal?: AbortSignal, proxy?: RawAddress) => Promise<ProxySession>;
  readonly policy: () => Promise<RootPolicy>;
  /** The lowest tier that anything is sent to: a request may ask for more, never for less. Default `confidential`. */
  readonly tier?: Tier;
  /** Of every answer, whatever its request says. Default `standard`. */
  readonly privacy?: Privacy;
  /** Waits; rejects when the signal aborts. */
  readonly pause: (delayMs: number, signal?: AbortSignal) => Promise<void>;
};
