// What the page knows of the network at this moment: looked at every two seconds while somebody watches, and told to
// everything that shows it. Nothing is kept.

import type { ProxyStatus } from "@cocoon/protocol";
import { createLive, type Shown } from "../live/index.ts";
import type { ChainView } from "./chain.ts";
import { loadDescription, type NetworkDescription, type ProxyPlace } from "./description.ts";
import { fetchStatus } from "./proxy-status.ts";
import type { LoggedReceipt, LogNote } from "./receipt-log.ts";

export type ProxyView = {
  readonly place: ProxyPlace;
  readonly status: ProxyStatus | undefined;
  readonly note: LogNote | undefined;
  /** When it last answered; undefined before it did. */
  readonly heardAtMs: number | undefined;
  readonly isAway: boolean;
};

export type Pulse = {
  /** Undefined while it is looked for, null where there is none. */
  readonly description: NetworkDescription | null | undefined;
  readonly proxies: readonly ProxyView[];
  readonly chain: ChainView | undefined;
  /** The newest first. */
  readonly receipts: readonly LoggedReceipt[];
};

const everyMs = 2_000;
const receiptsKept = 512;
const restMs = 500;

const pulse = createLive<Pulse>({
  description: undefined,
  proxies: [],
  chain: undefined,
  receipts: [],
});
let watchers = 0;
let watching: AbortController | undefined;

/** The network is watched for as long as anybody listens. */
export const currentPulse: Shown<Pulse> = { read: pulse.read, onChange: watchPulse };

function watchPulse(listener: () => void): () => void {
  const unlisten = pulse.onChange(listener);
  watchers += 1;
  if (watching === undefined) {
    watching = new AbortController();
    void watch(watching.signal);
  }
  return () => {
    unlisten();
    watchers -= 1;
    if (watchers > 0) return;
    watching?.abort();
    watching = undefined;
  };
}

function tell(change: Partial<Pulse>): void {
  pulse.write({ ...pulse.read(), ...change });
}

async function watch(signal: AbortSignal): Promise<void> {
  const before = pulse.read().description;
  const description = before ?? (await described());
  const proxies = description?.proxies.map(unheard) ?? [];
  if (before !== description) tell({ description, proxies });
  if (description === null) return;
  void followChain(description, signal);
  for (;;) {
    await look(description);
    await pause(everyMs, signal);
    if (signal.aborted) return;
  }
}

/** What cannot be read is as good as none. */
async function described(): Promise<NetworkDescription | null> {
  return (await loadDescription().catch(() => undefined)) ?? null;
}

async function followChain(description: NetworkDescription, signal: AbortSignal): Promise<void> {
  // What reads the chain is heavy: it comes when the page stands, so that writing need not wait for it.
  await rest();
  const { followContracts } = await import("./chain.ts");
  for (;;) {
    try {
      await followContracts(description, (chain) => tell({ chain }), signal);
      return;
    } catch {
      // The chain is away, or says what no root contract says: the page shows what it last read, and asks again.
      await pause(everyMs, signal);
      if (signal.aborted) return;
    }
  }
}

function unheard(place: ProxyPlace): ProxyView {
  return { place, status: undefined, note: undefined, heardAtMs: undefined, isAway: false };
}

async function look({ proxies: places }: NetworkDescription): Promise<void> {
  if (document.visibilityState === "hidden") return;
  const proxies = await Promise.all(
    places.map(async (place) => {
      const before = pulse.read().proxies.find((view) => view.place.bond === place.bond);
      return await lookAt(before ?? unheard(place));
    }),
  );
  const receipts = await Promise.all(proxies.map(newestOf));
  const newest = receipts.flat().toSorted((left, right) => {
    return right.receipt.finishedAtMs - left.receipt.finishedAtMs;
  });
  tell({ proxies, receipts: newest.slice(0, receiptsKept) });
}

async function lookAt(before: ProxyView): Promise<ProxyView> {
  const { url } = before.place;
  try {
    const status = await fetchStatus(url);
    // A log without receipts has no checkpoint yet.
    const note = status.logSize === 0 ? undefined : await (await readerOfLogs()).fetchNote(url);
    return { ...before, status, note, heardAtMs: Date.now(), isAway: false };
  } catch {
    return { ...before, isAway: true };
  }
}

/** Comes with the first log that has something to read: what reads receipts is most of a first visit's weight. */
function readerOfLogs(): Promise<typeof import("./receipt-log.ts")> {
  return import("./receipt-log.ts");
}

/** What was read of this log before, where nothing was added or nothing can be read now. */
async function newestOf({ note, place }: ProxyView): Promise<readonly LoggedReceipt[]> {
  const before = pulse.read().receipts.filter(({ proxy }) => proxy.bond === place.bond);
  const size = note?.checkpoint.size ?? 0;
  if (size === 0 || before[0]?.index === size - 1) return before;
  try {
    const { fetchNewest } = await readerOfLogs();
    return await fetchNewest(place, size, receiptsKept);
  } catch {
    return before;
  }
}

/** Until the page has drawn what it had to. Not every browser says when it is idle. */
function rest(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      if ("requestIdleCallback" in window)
        requestIdleCallback(() => resolve(), { timeout: restMs });
      else setTimeout(resolve, restMs);
    });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
