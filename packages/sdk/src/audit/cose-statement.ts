// A receipt in the containers of others: a COSE_Sign1 signed statement with the log's receipt of inclusion, for SCITT.

import {
  CocoonError,
  coseEdDsa,
  type CoseHeader,
  coseHeadSignature,
  coseLabel,
  encodeInclusionReceipt,
  logOrigin,
  parseReceipt,
  receiptId,
  signSign1,
  type SigningKey,
  utf8,
} from "@cocoon/protocol";
import { encodeProofFile, type ProofFile } from "./proof-file.ts";

const contentType = "application/vnd.cocoon.receipt";
const issuer = 1;
const subject = 2;

/**
 * The statement of who exports it, whose payload is the receipt and thus what the log has as a leaf. The whole proof file
 * goes along, unsigned. Spec section 8.6. Throws option_invalid where no checkpoint covers the receipt, or the log does not
 * sign its checkpoints for COSE; receipt_malformed and what verifyCheckpoint() throws.
 */
export function encodeCoseStatement(file: ProofFile, exporter: SigningKey): Uint8Array {
  const { network, log, receipt } = file;
  const { proof, bond, publicKey } = log;
  if (proof === undefined)
    return refuse("no checkpoint covers the receipt yet: one does within moments of its answer");
  const origin = logOrigin(network.networkId, bond);
  const signature = coseHeadSignature(proof.checkpoint, { origin, publicKey });
  if (signature === undefined) return refuse("its log does not sign for COSE");
  const inclusion = encodeInclusionReceipt(signature, { ...proof, origin });
  const claims = new Map([
    [issuer, "cocoon:exporter"],
    [subject, `cocoon:receipt:${receiptId(parseReceipt(receipt))}`],
  ]);
  const protectedHeader: CoseHeader = new Map<number, number | string | Uint8Array | CoseHeader>([
    [coseLabel.algorithm, coseEdDsa],
    [coseLabel.contentType, contentType],
    [coseLabel.keyId, exporter.publicKey],
    [coseLabel.cwtClaims, claims],
  ]);
  const unprotectedHeader: CoseHeader = new Map<number | string, Uint8Array | Uint8Array[]>([
    [coseLabel.receipts, [inclusion]],
    ["cocoon-proof", utf8(encodeProofFile(file))],
  ]);
  return signSign1(exporter, { protectedHeader, unprotectedHeader }, receipt);
}

function refuse(reason: string): never {
  throw new CocoonError("option_invalid", { field: "cose", reason });
}
