import { CocoonError } from "@cocoon/protocol";
import type { ChainClient } from "./client.ts";

/**
 * The same client for somebody who may have to stop while the chain is away: once the signal aborts, every wait for the
 * chain ends with `stopping`. What was sent stays sent; whoever starts again finds out what became of it.
 */
export function stoppableClient(client: ChainClient, signal: AbortSignal): ChainClient {
  const { nowMs, wait } = client.clock;
  return { ...client, clock: { nowMs, wait: (durationMs) => unless(signal, wait(durationMs)) } };
}

async function unless(signal: AbortSignal, waiting: Promise<void>): Promise<void> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new CocoonError("stopping"));
  });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([waiting, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
