// Putting the log on TON: the newest checkpoint, now and then.

import { CocoonError, type RawAddress, type SigningKey } from "@cocoon/protocol";
import { anchorCheckpoint, anchorsAfter, anchorTransaction, type ChainClient } from "@cocoon/sdk";
import type { Logger } from "../observe/index.ts";
import type { AnchorBudget } from "./anchor-budget.ts";
import type { ReceiptLog } from "../log/index.ts";

/** Of the bond, looked through for anchors: more than come between two looks. */
const transactionsMax = 256;

export type AnchorModules = {
  readonly client: ChainClient;
  readonly log: ReceiptLog;
  readonly logKey: SigningKey;
  readonly bond: RawAddress;
  /** The largest tree that may be anchored yet: its checkpoint should carry its cosignatures when clients keep it. */
  readonly anchorable: () => number;
  /** Absent: anchors cost what they cost. */
  readonly budget?: AnchorBudget | undefined;
  readonly now: () => number;
  readonly logger: Logger;
};

/**
 * Anchors the newest checkpoint that may be, unless it is anchored. When the chain is away it throws chain_unavailable, and the next
 * call catches up: an anchor that did arrive is found on chain, and one that did not is sent again.
 */
export async function anchorLog(modules: AnchorModules): Promise<void> {
  const { client, log, logKey, bond, now, logger } = modules;
  const head = log.unanchored(modules.anchorable());
  if (head === undefined || !(await isPaidFor(modules))) return;
  try {
    await anchorCheckpoint(client, {
      proxyBond: bond,
      logKey,
      treeSize: head.size,
      root: head.root,
      timestampSeconds: Math.floor(now() / 1_000),
    });
  } catch (error) {
    const wasAnchored = error instanceof CocoonError && error.details["name"] === "StaleCheckpoint";
    if (!wasAnchored) throw error;
  }
  const found = await anchorTransaction(client, bond, {
    treeSize: head.size,
    root: head.root,
  });
  if (found === undefined) throw new CocoonError("anchor_mismatch", { size: head.size });
  await log.recordAnchor(head.size, {
    transaction: found.hash,
    lt: found.lt.toString(),
    timestamp: found.checkpoint.timestampSeconds,
  });
  logger.event("log_anchored", { size: head.size, transaction: found.hash });
}

/** Whether the budget allows an anchor, once all that the chain took is counted: those that nobody heard of too. */
async function isPaidFor({ budget, bond, client, now }: AnchorModules): Promise<boolean> {
  if (budget === undefined) return true;
  if (!budget.allows(now())) return false;
  const afterLt = budget.countedLt;
  budget.count(await anchorsAfter(client, bond, { afterLt, transactionsMax }), now());
  return budget.allows(now());
}
