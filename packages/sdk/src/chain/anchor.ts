// Checkpoints of a proxy's log on the chain.

import { beginCell, external, storeMessage } from "@ton/core";
import {
  anchorDigest,
  CocoonError,
  equalBytes,
  type Nanotons,
  type RawAddress,
  type SigningKey,
} from "@cocoon/protocol";
import {
  anchorBody,
  type AnchoredCheckpoint,
  parseAnchor,
  parseCheckpointAnchored,
  type SignedHead,
  tonAddress,
} from "@cocoon/contracts";
import { Broadcast } from "./broadcast.ts";
import type { ChainClient } from "./client.ts";
import { findTransaction, historyAfter, unlessUnavailable } from "./history.ts";
import type { Operation } from "./operation.ts";
import type { ChainTransaction } from "./transaction.ts";
import { succeeded } from "./wallet.ts";

/** A checkpoint to anchor. */
export type AnchorOptions = {
  readonly proxyBond: RawAddress;
  /** The key that the bond declares. */
  readonly logKey: SigningKey;
  readonly treeSize: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Not before that of the last anchor, and at most a minute ahead of the chain. */
  readonly timestampSeconds: number;
  /** How long to wait for the outcome. Default 120,000. */
  readonly timeoutMs?: number;
};

/** Where the chain holds a checkpoint. */
export type AnchorTransaction = {
  readonly proxyBond: RawAddress;
  /** Lower-case hex. */
  readonly hash: string;
  readonly lt: bigint;
  readonly atSeconds: number;
  readonly checkpoint: AnchoredCheckpoint;
  /** The newest masterchain block when the transaction was found: it is part of the chain there or just after. */
  readonly masterchainSeqno: number;
};

/**
 * Anchors a checkpoint; the bond contract pays from its budget. Throws transaction_failed with the name of the
 * contract's refusal, such as StaleCheckpoint or BudgetSpent, and chain_unavailable when the outcome is not known in
 * time: anchoring the same again is then harmless.
 */
export async function anchorCheckpoint(
  client: ChainClient,
  options: AnchorOptions,
): Promise<Operation> {
  const { proxyBond, treeSize, root, timestampSeconds, timeoutMs = 120_000 } = options;
  const { lastLt: afterLt } = await client.account(proxyBond);
  const digest = anchorDigest({
    networkId: client.networkId,
    bond: proxyBond,
    size: treeSize,
    root,
    timestampSeconds,
  });
  const signature = options.logKey.sign(digest);
  const body = anchorBody({ treeSize, root, timestampSeconds, signature });
  const message = beginCell().store(storeMessage(external({ to: tonAddress(proxyBond), body })));
  const broadcast = new Broadcast(client, message.endCell());
  const deadlineMs = client.clock.nowMs() + timeoutMs;
  const matches = ({ incoming }: ChainTransaction): boolean => incoming?.body.equals(body) ?? false;
  for (;;) {
    const refusal = await broadcast.tell();
    if (refusal !== undefined) throw refusal;
    const found = await unlessUnavailable(findTransaction(client, proxyBond, { afterLt, matches }));
    if (found !== undefined) return succeeded(found);
    if (client.clock.nowMs() >= deadlineMs) {
      throw new CocoonError("chain_unavailable", { reason: "the outcome is not known" });
    }
    await client.clock.wait(client.pollMs);
  }
}

/** The transaction that anchored exactly this checkpoint, or undefined when there is none. */
export async function anchorTransaction(
  client: ChainClient,
  proxyBond: RawAddress,
  checkpoint: Pick<AnchoredCheckpoint, "treeSize" | "root">,
): Promise<AnchorTransaction | undefined> {
  const { seqno: masterchainSeqno } = await client.masterchain();
  let anchored: AnchoredCheckpoint | undefined;
  const transaction = await findTransaction(client, proxyBond, {
    afterLt: 0n,
    matches: ({ outgoing }) => {
      anchored = anchoredBy(outgoing);
      return anchored !== undefined && anchored.treeSize <= checkpoint.treeSize;
    },
  });
  if (transaction === undefined || anchored?.treeSize !== checkpoint.treeSize) return undefined;
  if (!equalBytes(anchored.root, checkpoint.root)) return undefined;
  const { hash, lt, atSeconds } = transaction;
  return { proxyBond, hash, lt, atSeconds, checkpoint: anchored, masterchainSeqno };
}

/** An anchor with its log's signature, the logical time at which the chain took it, and what the bond paid for it. */
export type PastAnchor = {
  readonly head: SignedHead;
  readonly lt: bigint;
  readonly feeNanotons: Nanotons;
};

/**
 * The anchors that a bond took after a logical time, the oldest first. At most so many of its newest transactions are
 * looked at.
 */
export async function anchorsAfter(
  client: ChainClient,
  proxyBond: RawAddress,
  { afterLt, transactionsMax }: { readonly afterLt: bigint; readonly transactionsMax: number },
): Promise<PastAnchor[]> {
  const anchors: PastAnchor[] = [];
  let looked = 0;
  const history = historyAfter(client, proxyBond, afterLt);
  for await (const { feeNanotons, incoming, outgoing, lt } of history) {
    const isTaken = incoming?.kind === "external-in" && anchoredBy(outgoing) !== undefined;
    const head = isTaken ? parseAnchor(incoming.body) : undefined;
    if (head !== undefined) anchors.push({ head, lt, feeNanotons });
    looked += 1;
    if (looked >= transactionsMax) break;
  }
  return anchors.toReversed();
}

function anchoredBy(outgoing: ChainTransaction["outgoing"]): AnchoredCheckpoint | undefined {
  for (const { kind, body } of outgoing) {
    const anchored = kind === "external-out" ? parseCheckpointAnchored(body) : undefined;
    if (anchored !== undefined) return anchored;
  }
  return undefined;
}
