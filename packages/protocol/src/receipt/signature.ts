import { concatBytes, equalBytes } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { signDomain, verifyDomain } from "../keys/index.ts";
import { feeNanotons, workNanotons } from "../payment/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { encodeReceipt, parseReceipt, unsignedReceiptBytes } from "./layout.ts";
import type { Receipt, ReceiptFields } from "./receipt.ts";

const receiptDomain = "cocoon/receipt/1";

/**
 * What a receipt's signature is over, under its domain: SHA-256 of its 321 bytes. A contract verifies a signature over
 * at most 127 bytes; the domain and this hash are 49, and it computes the hash itself.
 */
function signedHash(body: Uint8Array): Uint8Array {
  return primitives.sha256(body);
}

/** Signs a receipt and computes its amounts. Returns its 385 bytes. */
export function signReceipt(key: SigningKey, fields: ReceiptFields): Uint8Array {
  const work = workNanotons(fields.usage, fields.terms);
  const fee = feeNanotons(work, fields.terms.feeBps);
  const body = encodeReceipt(fields, { workNanotons: work, feeNanotons: fee });
  return concatBytes(body, signDomain(key, receiptDomain, signedHash(body)));
}

/**
 * Parses a receipt and verifies that this identity key signed it and that its amounts are what its usage and
 * terms come to. Throws receipt_malformed, receipt_signature_invalid or receipt_mismatch. Whether it describes
 * the request at hand is for matchReceipt() to say.
 */
export function verifyReceipt(bytes: Uint8Array, identityKey: Uint8Array): Receipt {
  const receipt = parseReceipt(bytes);
  const body = bytes.subarray(0, unsignedReceiptBytes);
  if (!verifyDomain(identityKey, receiptDomain, signedHash(body), receipt.signature)) {
    throw new CocoonError("receipt_signature_invalid");
  }
  const work = workNanotons(receipt.usage, receipt.terms);
  if (receipt.workNanotons !== work) mismatched("workNanotons");
  if (receipt.feeNanotons !== feeNanotons(work, receipt.terms.feeBps)) mismatched("feeNanotons");
  return receipt;
}

/** What a holder of the request knows that its receipt must say. Fields that are left out are not compared. */
export type ReceiptExpectation = Partial<Omit<Receipt, "usage" | "signature">>;

/** Throws receipt_mismatch, naming the field, unless the receipt says all that is expected of it. */
export function matchReceipt(receipt: Receipt, expected: ReceiptExpectation): void {
  const { terms, ...plain } = expected;
  for (const [field, value] of Object.entries(plain)) {
    const said = receipt[field as keyof typeof plain]; // oxlint-disable-line no-unsafe-type-assertion -- a key of it
    if (!isSame(said, value)) mismatched(field);
  }
  if (terms === undefined) return;
  if (receipt.terms.promptPerMillion !== terms.promptPerMillion) mismatched("promptPerMillion");
  if (receipt.terms.completionPerMillion !== terms.completionPerMillion) {
    mismatched("completionPerMillion");
  }
  if (receipt.terms.feeBps !== terms.feeBps) mismatched("feeBps");
}

function isSame(left: unknown, right: unknown): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return equalBytes(left, right);
  return left === right;
}

function mismatched(field: string): never {
  throw new CocoonError("receipt_mismatch", { field });
}
