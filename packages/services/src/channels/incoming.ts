import { CocoonError, type Nanotons, type RawAddress } from "@cocoon/protocol";
import { type ChainClient, type ChannelState, readChannel, waitForFinality } from "@cocoon/sdk";
import type { IncomingChannel, IncomingLedger, IncomingPhase } from "../ledger/index.ts";

/**
 * Takes over what the chain says of a channel that should pay this node. Code and address are verified by the reader;
 * here the payee is. A deposit counts when it is final: on a public network that takes a block longer. Throws
 * channel_invalid, and chain_* when the chain can't be asked.
 */
export async function refreshIncomingChannel(
  client: ChainClient,
  ledger: IncomingLedger,
  address: RawAddress,
  payee: RawAddress,
): Promise<IncomingChannel> {
  const known = ledger.find(address);
  const state = await readFinal(client, address, known?.deposit);
  if (state === undefined || state.phase === "unopened") {
    if (known === undefined) throw new CocoonError("channel_invalid", { reason: "not opened" });
    await ledger.recordChain({ ...known, phase: "closed", seenAtMs: client.clock.nowMs() });
  } else {
    if (state.payee !== payee)
      throw new CocoonError("channel_invalid", { reason: "another payee" });
    await ledger.recordChain({
      address,
      payer: state.payer,
      sessionKey: state.sessionKey,
      phase: phaseOf(state),
      deposit: state.deposited,
      claimed: state.claimed,
      seenAtMs: client.clock.nowMs(),
    });
  }
  const channel = ledger.find(address);
  if (channel === undefined) throw new CocoonError("internal");
  return channel;
}

/** The channel; with no greater deposit than what was known, or was there already a block ago. */
async function readFinal(
  client: ChainClient,
  address: RawAddress,
  known: Nanotons | undefined,
): Promise<ChannelState | undefined> {
  const first = await readChannel(client, address);
  const isRicher = first !== undefined && first.deposited > (known ?? 0n);
  if (client.finalityBlocks === 0 || !isRicher) return first;
  await waitForFinality(client);
  const second = await readChannel(client, address);
  if (second === undefined || second.deposited <= first.deposited) return second;
  return { ...second, deposited: first.deposited };
}

/**
 * As refreshIncomingChannel(), but a chain that is away does not stop service: an open channel that was read before is
 * then taken as it was. What may be lost by that stays within the credit window, and settling looks again.
 */
export async function attachIncomingChannel(
  client: ChainClient,
  ledger: IncomingLedger,
  address: RawAddress,
  payee: RawAddress,
): Promise<IncomingChannel> {
  try {
    return await refreshIncomingChannel(client, ledger, address, payee);
  } catch (error) {
    const known = ledger.find(address);
    const isAway = error instanceof CocoonError && error.code === "chain_unavailable";
    if (!isAway || known?.phase !== "open") throw error;
    return known;
  }
}

function phaseOf(state: ChannelState): IncomingPhase {
  return state.phase === "unopened" ? "closed" : state.phase;
}
