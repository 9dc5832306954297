// Being told of changes: by a stream where an endpoint has one, by asking again and again elsewhere.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointList } from "./endpoint-list.ts";
import { followStream, streamUrlOf } from "./event-stream.ts";
import { batchMax, newestTransactions } from "./account-batch.ts";

/** Told which accounts to look at again. It must look at what is there: no change is told for certain, none only once. */
export type OnChange = (addresses: readonly RawAddress[]) => void;

export type WatchModules = {
  readonly endpoints: EndpointList;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  /** Between two looks at all accounts, where there is no stream. */
  readonly lookMs: number;
  /** Logical time of an account's newest transaction. Throws as ChainClient's methods do. */
  readonly lastLt: (address: RawAddress) => Promise<bigint>;
};

/** What toncenter takes in one subscription is more; what fits one look is less. */
const streamAddressesMax = 1_000;
const streamsMax = 2;
const backoffMsFirst = 500;
const backoffMsMax = 30_000;

/** The watches of one client: at most two of them are streams at a time, the others ask. */
export class Watcher {
  readonly #modules: WatchModules;
  readonly #unsupported = new Set<Endpoint>();
  #streamCount = 0;

  constructor(modules: WatchModules) {
    this.#modules = modules;
  }

  /** Resolves when the signal aborts; throws network_mismatch alone. */
  async watch(
    addresses: readonly RawAddress[],
    onChange: OnChange,
    signal: AbortSignal,
  ): Promise<void> {
    const seen = new Map<RawAddress, bigint>();
    let failures = 0;
    while (!signal.aborted) {
      const { clock, lookMs } = this.#modules;
      const opened = await this.#stream(addresses, onChange, signal);
      if (signal.aborted) return;
      failures = opened === true ? 0 : failures + 1;
      // Whoever opens a stream again is told of all accounts; whoever can't has to look.
      if (opened !== true) await this.#look(addresses, seen, onChange, signal);
      const pauseMs = opened === undefined ? lookMs : backoffMs(failures);
      await clock.wait(pauseMs, signal);
    }
  }

  /** Follows a stream to its end. Resolves to whether it was open; undefined when none could be tried. */
  async #stream(
    addresses: readonly RawAddress[],
    onChange: OnChange,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const endpoint = this.#streaming();
    const url = endpoint && streamUrlOf(endpoint);
    const isFree = this.#streamCount < streamsMax && addresses.length <= streamAddressesMax;
    if (endpoint === undefined || url === undefined || !isFree) return undefined;
    const { clock, requestTimeoutMs: timeoutMs } = this.#modules;
    let isOpen = false;
    const onOpen = (): void => {
      isOpen = true;
      onChange(addresses);
    };
    this.#streamCount += 1;
    try {
      if (!(await this.#isReady(endpoint))) return false;
      const outcome = await followStream(endpoint, url, {
        addresses,
        clock,
        timeoutMs,
        signal,
        onOpen,
        onChange: (address) => onChange([address]),
      });
      if (outcome === "unsupported") this.#unsupported.add(endpoint);
      else if (!isOpen) endpoint.health.failed(clock.nowMs());
      return isOpen;
    } finally {
      this.#streamCount -= 1;
    }
  }

  /** Of the endpoints, the first that may have streams. */
  #streaming(): Endpoint | undefined {
    return this.#modules.endpoints
      .inOrder()
      .find((endpoint) => !this.#unsupported.has(endpoint) && streamUrlOf(endpoint) !== undefined);
  }

  /** Whether the endpoint serves the network, and may be asked now. Throws network_mismatch. */
  async #isReady(endpoint: Endpoint): Promise<boolean> {
    try {
      await endpoint.ready();
      return await endpoint.pace.turn();
    } catch (error) {
      if (error instanceof CocoonError) throw error;
      return false;
    }
  }

  /** Asks for every account, and tells of those that are not as they were; of all of them the first time. */
  async #look(
    addresses: readonly RawAddress[],
    seen: Map<RawAddress, bigint>,
    onChange: OnChange,
    signal: AbortSignal,
  ): Promise<void> {
    const changed: RawAddress[] = [];
    for (let start = 0; start < addresses.length && !signal.aborted; start += batchMax) {
      const newest = await this.#newest(addresses.slice(start, start + batchMax), signal);
      for (const [address, lt] of newest) {
        if (seen.get(address) !== lt) changed.push(address);
        seen.set(address, lt);
      }
    }
    if (changed.length > 0 && !signal.aborted) onChange(changed);
  }

  /** In one request where an endpoint can answer that, else in one for each; without those that nobody tells. */
  async #newest(
    addresses: readonly RawAddress[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<RawAddress, bigint>> {
    const [endpoint] = this.#modules.endpoints.inOrder();
    if (addresses.length > 1 && endpoint !== undefined) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(this.#modules.requestTimeoutMs)]);
      const newest = await newestTransactions(endpoint, addresses, until);
      if (newest !== undefined) return newest;
    }
    const newest = new Map<RawAddress, bigint>();
    for (const address of addresses) {
      const lt = signal.aborted ? undefined : await this.#lastLt(address);
      if (lt !== undefined) newest.set(address, lt);
    }
    return newest;
  }

  async #lastLt(address: RawAddress): Promise<bigint | undefined> {
    try {
      return await this.#modules.lastLt(address);
    } catch (error) {
      if (error instanceof CocoonError && error.code === "chain_unavailable") return undefined;
      throw error;
    }
  }
}

function backoffMs(failures: number): number {
  return Math.min(backoffMsFirst * 2 ** failures, backoffMsMax);
}
