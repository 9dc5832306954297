// Tree heads that a log signed, as its bond contract is shown them.

import {
  CocoonError,
  logOrigin,
  noteSignature,
  type RawAddress,
  verifyCheckpoint,
} from "@cocoon/protocol";
import { parseAnchor, type SignedHead } from "@cocoon/contracts";
import type { AnchorTransaction } from "./anchor.ts";
import type { ChainClient } from "./client.ts";
import { findTransaction } from "./history.ts";

/** Whose log it is. */
export type BondedLog = {
  /** TON global id. */
  readonly networkId: number;
  readonly proxyBond: RawAddress;
  /** The log's key, or the one before it while that still counts: 32 bytes. */
  readonly publicKey: Uint8Array;
};

/**
 * The head that a checkpoint's note says, with the log's signature of it. Throws checkpoint_malformed, or
 * checkpoint_signature_invalid when it is of another log: the contract would refuse it too.
 */
export function checkpointHead(note: string, log: BondedLog): SignedHead {
  const { publicKey } = log;
  const origin = logOrigin(log.networkId, log.proxyBond);
  const { size, root } = verifyCheckpoint(note, { origin, publicKey });
  const signature = noteSignature(note, { name: origin, publicKey });
  return { kind: "checkpoint", size, root, signature };
}

/** The head that an anchor brought to the chain, be it the newest or an old one. Throws contract_unexpected. */
export async function anchorHead(
  client: ChainClient,
  { proxyBond, hash, lt }: Pick<AnchorTransaction, "proxyBond" | "hash" | "lt">,
): Promise<SignedHead> {
  const matches = (found: { readonly hash: string }): boolean => found.hash === hash;
  const transaction = await findTransaction(client, proxyBond, { afterLt: lt - 1n, matches });
  const head = transaction?.incoming && parseAnchor(transaction.incoming.body);
  if (head !== undefined) return head;
  throw new CocoonError("contract_unexpected", { address: proxyBond, reason: "no such anchor" });
}
