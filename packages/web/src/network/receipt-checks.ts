// What a page can check of a receipt that it found in a log, with nothing but public things. Loaded with the chain.

import {
  claimsHash,
  CocoonError,
  fromBase64,
  JsonReader,
  parseClaims,
  parseJson,
  toHex,
  verifyReceipt,
} from "@cocoon/protocol";
import { type ProxyBondState, verifyLogProof } from "@cocoon/sdk";
import type { NetworkDescription } from "./description.ts";
import type { FoundReceipt } from "./receipt-log.ts";

export type ReceiptCheck = "holds" | "fails" | "unknown";

export type ReceiptChecks = {
  /** The key of the published claims signed these bytes. */
  readonly signature: ReceiptCheck;
  /** The log's key, as the bond names it, signed a tree that has it. */
  readonly inclusion: ReceiptCheck;
  /** The bond contract's newest checkpoint covers it. */
  readonly anchor: ReceiptCheck;
};

export async function checkReceipt(
  found: FoundReceipt,
  { networkId }: NetworkDescription,
  bond: ProxyBondState | undefined,
): Promise<ReceiptChecks> {
  return {
    signature: await judge(() => checkSignature(found)),
    inclusion: await judge(() => checkInclusion(found, networkId, bond)),
    anchor: anchorOf(found, bond),
  };
}

async function judge(check: () => Promise<ReceiptCheck> | ReceiptCheck): Promise<ReceiptCheck> {
  try {
    return await check();
  } catch (error) {
    return error instanceof CocoonError ? "fails" : "unknown";
  }
}

async function checkSignature({ bytes, proxy, receipt }: FoundReceipt): Promise<ReceiptCheck> {
  const response = await fetch(`${proxy.url}/identity/${toHex(receipt.claimsHash)}`);
  if (!response.ok) return "unknown";
  const json = new JsonReader(
    parseJson(await response.text(), "peer_misbehaved"),
    "peer_misbehaved",
  );
  const claims = fromBase64(json.string("claims")) ?? new Uint8Array();
  if (claimsHash(claims) !== toHex(receipt.claimsHash)) return "fails";
  verifyReceipt(bytes, parseClaims(claims).identityKey);
  return "holds";
}

function checkInclusion(
  { bytes, proof, proxy }: FoundReceipt,
  networkId: number,
  bond: ProxyBondState | undefined,
): ReceiptCheck {
  if (proof === undefined || bond === undefined || bond.phase === "unregistered") return "unknown";
  verifyLogProof(bytes, proof, { networkId, bond: proxy.bond, publicKey: bond.logKey });
  return "holds";
}

function anchorOf({ index }: FoundReceipt, bond: ProxyBondState | undefined): ReceiptCheck {
  if (index < 0 || bond?.checkpoint === undefined) return "unknown";
  return index < bond.checkpoint.treeSize ? "holds" : "unknown";
}
