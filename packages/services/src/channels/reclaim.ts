// A payer that leaves alone: it starts the dispute window, and takes the rest back when that is over. Nobody has to help.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import { finishChannelClose, readChannel, startChannelClose, type Wallet } from "@cocoon/sdk";
import type { OutgoingLedger } from "../ledger/index.ts";
import type { Logger } from "../observe/index.ts";

export type ReclaimModules = {
  readonly wallet: Wallet;
  readonly ledger: OutgoingLedger;
  readonly logger: Logger;
};

/** When a payer may take the rest. */
export type Reclaiming = { readonly closesAtSeconds: number };

/**
 * Starts to close a channel alone; one that is closing already stays as it is. Nothing is paid from it any more. Throws
 * channel_unknown for a channel that is not this node's, and channel_closed for one that is over.
 */
export async function startReclaim(
  { wallet, ledger, logger }: ReclaimModules,
  address: RawAddress,
): Promise<Reclaiming> {
  const known = ledger.find(address);
  if (known === undefined) throw new CocoonError("channel_unknown");
  const before = await readChannel(wallet.client, address);
  if (before?.phase === "open") await startChannelClose(wallet, address);
  const state = before?.phase === "open" ? await readChannel(wallet.client, address) : before;
  await ledger.recordChain(address, "closed", known.deposit);
  if (state?.phase !== "closing") throw new CocoonError("channel_closed");
  logger.event("channel_closing", { channel: address, closesAtSeconds: state.closesAtSeconds });
  return { closesAtSeconds: state.closesAtSeconds };
}

/** Finishes what was started, whenever it was and whoever did: a restart forgets nothing, the chain knows. */
export class Reclaim {
  readonly #modules: ReclaimModules;
  /** Channels with nothing left in them. */
  readonly #over = new Set<RawAddress>();

  constructor(modules: ReclaimModules) {
    this.#modules = modules;
  }

  /** Looks at each channel that is not paid from any more, and takes back what can be taken. */
  async finish(): Promise<void> {
    for (const { address, phase } of this.#modules.ledger.list()) {
      if (phase !== "closed" || this.#over.has(address)) continue;
      if (await this.#finishOne(address)) this.#over.add(address);
    }
  }

  /** Whether there is nothing more to be had. */
  async #finishOne(address: RawAddress): Promise<boolean> {
    const { wallet, logger } = this.#modules;
    const state = await readChannel(wallet.client, address);
    if (state?.phase !== "closing") return state?.phase !== "open";
    const { seenAtSeconds } = await wallet.client.account(address);
    if (seenAtSeconds < state.closesAtSeconds) return false;
    const { hash } = await finishChannelClose(wallet, address);
    logger.event("channel_reclaimed", { channel: address, transaction: hash });
    return true;
  }
}
