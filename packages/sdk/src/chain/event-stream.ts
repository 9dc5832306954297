// One stream of toncenter's streaming API v2, over server-sent events.

import { CocoonError, EventReader, JsonReader, parseJson, type RawAddress } from "@cocoon/protocol";
import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import { headersOf } from "./toncenter.ts";

export type StreamOptions = {
  readonly addresses: readonly RawAddress[];
  readonly clock: Clock;
  /** Until the endpoint has answered. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The stream is there: what happens from now on is told. */
  readonly onOpen: () => void;
  readonly onChange: (address: RawAddress) => void;
};

/** Comments come every 15 s: a stream that is silent for so long is dead. */
const silenceMs = 40_000;

/** Where an endpoint streams, or undefined when its URL is not of toncenter's form. */
export function streamUrlOf({ options }: Endpoint): string | undefined {
  const match = /^(.*\/api)\/v2\/jsonRPC$/.exec(options.url);
  return match?.[1] === undefined ? undefined : `${match[1]}/streaming/v2/sse`;
}

/**
 * Follows a stream to its end. Resolves to whether the endpoint has streams at all; what was missed is for the caller to
 * find out, whichever way it ended. Never throws for what an endpoint does.
 */
export async function followStream(
  endpoint: Endpoint,
  url: string,
  options: StreamOptions,
): Promise<"ended" | "unsupported"> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    const response = await before(options.clock, options.timeoutMs, stop, () =>
      connect(endpoint, url, options.addresses, signal),
    );
    if (response === undefined) return "ended";
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    if (!isStream || response.body === null) return isBusy(response) ? "ended" : "unsupported";
    await readEvents(response.body, options, stop);
  } catch {
    // Cut off by either side, or not what it should be: all that follows from it is to look again.
  } finally {
    stop.abort();
  }
  return "ended";
}

function connect(
  endpoint: Endpoint,
  url: string,
  addresses: readonly RawAddress[],
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { ...headersOf(endpoint.options), accept: "text/event-stream" },
    body: JSON.stringify({ addresses, types: ["account_state_change"], min_finality: "finalized" }),
    signal,
  });
}

/** Too many requests, or its own fault: it may stream later. */
function isBusy({ status }: Response): boolean {
  return status === 429 || status >= 500;
}

async function readEvents(
  body: ReadableStream<Uint8Array>,
  { addresses, clock, onOpen, onChange }: StreamOptions,
  stop: AbortController,
): Promise<void> {
  const reader = body.getReader();
  const events = new EventReader("chain_unavailable");
  const watched = new Set(addresses);
  for (;;) {
    const piece = await before(clock, silenceMs, stop, () => reader.read());
    if (piece?.value === undefined) return;
    for (const text of events.read(piece.value)) {
      const event = new JsonReader(parseJson(text, "chain_unavailable"), "chain_unavailable");
      if (event.has("status")) onOpen();
      const account = event.has("account") ? event.string("account").toLowerCase() : "";
      if (watched.has(account)) onChange(account);
    }
  }
}

/** The result, or undefined when it takes longer: then all of the stream is aborted. */
async function before<Value>(
  clock: Clock,
  timeoutMs: number,
  stop: AbortController,
  run: () => Promise<Value>,
): Promise<Value | undefined> {
  const done = new AbortController();
  const late = clock.wait(timeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) stop.abort(new CocoonError("chain_unavailable"));
    return undefined;
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    done.abort();
  }
}
