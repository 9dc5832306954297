// When money on the chain counts.
//
// What toncenter's API v2 shows of an account is its state in the newest masterchain block that the endpoint knows.
// On mainnet and testnet such a block is final once its validators have signed it; but an endpoint is many servers, some
// ahead of others, and one may be asked before its block is signed by enough. So a state counts as final when the
// masterchain has gone on by a block since it was seen: half a second. A devnet has one writer, and shows what is on
// its disk: there, all that is shown is final.

import { CocoonError, networkIds } from "@cocoon/protocol";
import type { ChainClient } from "./client.ts";
import { unlessUnavailable } from "./history.ts";

const timeoutMsDefault = 60_000;

/** By how many masterchain blocks a view must be old to be final. */
export function finalityBlocksOf(networkId: number): number {
  return networkId === networkIds.devnet ? 0 : 1;
}

/**
 * Resolves when everything that this client has read before the call is final, if the chain still shows it then: look
 * again, and believe the lesser of the two. Throws chain_unavailable when no block comes in time.
 */
export async function waitForFinality(
  client: ChainClient,
  timeoutMs: number = timeoutMsDefault,
): Promise<void> {
  const { clock, finalityBlocks, pollMs } = client;
  if (finalityBlocks === 0) return;
  const { seqno } = await client.masterchain();
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (;;) {
    await clock.wait(pollMs);
    const newest = await unlessUnavailable(client.masterchain());
    if (newest !== undefined && newest.seqno >= seqno + finalityBlocks) return;
    if (clock.nowMs() >= deadlineMs) {
      throw new CocoonError("chain_unavailable", { reason: "no new block in time" });
    }
  }
}
