// What every receipt of a log is held to, whoever's it is.

import {
  CocoonError,
  equalBytes,
  feeNanotons,
  hashLeaf,
  parseReceipt,
  type RawAddress,
  type Receipt,
  receiptId,
  toHex,
  workNanotons,
} from "@cocoon/protocol";
import type { Database } from "../store/index.ts";
import type { Fault } from "./finding-book.ts";
import type { Identities } from "./identities.ts";

/** A log full of receipts of one number shows its fault with the first few. */
const rivalsMax = 8;

/** Writes one leaf down and returns what is wrong with it. */
export function auditReceipt(
  db: Database,
  leaf: { readonly log: RawAddress; readonly index: number; readonly entry: Uint8Array },
  identities: Identities,
): Fault[] {
  const { log, index, entry } = leaf;
  const receipt = parsed(entry);
  const rivals = receipt === undefined ? [] : receiptsOfSequence(db, receipt, entry);
  db.prepare(
    `INSERT INTO audited_leaves (log, leaf_index, entry, channel, sequence)
     VALUES (?, ?, ?, ?, ?)`,
  ).run(log, index, entry, receipt?.channel ?? null, receipt?.sequence ?? null);
  const subject = toHex(hashLeaf(entry));
  if (receipt === undefined) {
    const evidence = { kind: "observation", facts: { leafIndex: index } } as const;
    return [{ code: "receipt_malformed", log, subject, evidence }];
  }
  const doubles = rivals.flatMap((rival) => doubleReceipt({ ...leaf, receipt }, rival, identities));
  if (hasRightAmounts(receipt)) return doubles;
  const facts = { leafIndex: index, request: receiptId(receipt) };
  return [
    ...doubles,
    { code: "amount_wrong", log, subject, evidence: { kind: "observation", facts } },
  ];
}

function parsed(entry: Uint8Array): Receipt | undefined {
  try {
    return parseReceipt(entry);
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}

function hasRightAmounts({ usage, terms, ...receipt }: Receipt): boolean {
  const work = workNanotons(usage, terms);
  return receipt.workNanotons === work && receipt.feeNanotons === feeNanotons(work, terms.feeBps);
}

/** Other receipts of this channel's number, in any log. A receipt that is logged twice is one receipt. */
function receiptsOfSequence(
  db: Database,
  { channel, sequence }: Receipt,
  entry: Uint8Array,
): Uint8Array[] {
  return db
    .prepare<{ entry: Uint8Array }>(
      `SELECT entry FROM audited_leaves WHERE channel = ? AND sequence = ? LIMIT ${rivalsMax}`,
    )
    .all(channel, sequence)
    .map((row) => row.entry)
    .filter((other) => !equalBytes(other, entry));
}

/**
 * Two workers may answer one number: the client asked twice. One worker must not; whether it is one is certain when its
 * key is known, and likely when both name the same claims.
 */
function doubleReceipt(
  second: {
    readonly log: RawAddress;
    readonly entry: Uint8Array;
    readonly receipt: Receipt;
  },
  first: Uint8Array,
  identities: Identities,
): Fault[] {
  const { log, entry, receipt } = second;
  const isCertain = identities.haveOneSigner(first, entry);
  const isLikely = equalBytes(parseReceipt(first).claimsHash, receipt.claimsHash);
  if (!isCertain && !isLikely) return [];
  const bonded = identities.bondedSigner(first, entry);
  return [
    {
      code: isCertain ? "double_receipt" : "double_receipt_unverified",
      log,
      subject: `${receipt.channel} ${receipt.sequence}`,
      evidence: { kind: "doubleReceipt", first, second: entry, ...(bonded && { bonded }) },
    },
  ];
}
