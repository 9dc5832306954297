// What an ordinary machine shows in place of a quote: its word, signed with the key that signs its receipts.

import { CocoonError } from "../errors/index.ts";
import { signDomain, verifyDomain } from "../keys/index.ts";
import type { Attester } from "./attester.ts";
import type { EvidenceBundle } from "./bundle.ts";
import { type Claims, noHash, reportData } from "./claims.ts";
import type { CollateralAge, VerifiedQuote } from "./evidence.ts";
import { openMachine } from "./profile.ts";

const domain = "cocoon/open/1";
const statementBytes = 64;

/** There is no vendor whose word could be old. */
const noCollateral: CollateralAge = {
  issuedAtMs: Infinity,
  evaluationNumber: undefined,
  expiresAtMs: Infinity,
};

/**
 * Stands where a TEE would, and protects nothing. Its statement is an Ed25519 signature of the identity key, 64 bytes,
 * domain "cocoon/open/1", over the report data; spec section 2.14.
 */
export const openAttester: Attester = {
  teeType: openMachine.teeType,
  simulated: openMachine.simulated,
  imageHash: noHash,
  attest: async (data, { identityKey } = {}) => {
    if (identityKey === undefined) throw new RangeError("no identity key");
    return { quote: signDomain(identityKey, domain, data), collateral: "" };
  },
};

/**
 * Checks that the key of the claims signed them. Nothing names the machine, so its platform id is the worker's. Throws
 * statement_malformed, also where there is collateral, and statement_signature_invalid.
 */
export function verifyStatement(
  { claims, collateral, quote }: EvidenceBundle,
  { identityKey, workerId }: Claims,
): { readonly quote: VerifiedQuote; readonly collateral: CollateralAge } {
  if (quote.length !== statementBytes || collateral !== "") {
    throw new CocoonError("statement_malformed");
  }
  const data = reportData(claims);
  if (!verifyDomain(identityKey, domain, data, quote)) {
    throw new CocoonError("statement_signature_invalid");
  }
  const verified: VerifiedQuote = {
    imageHash: noHash,
    reportData: data,
    platformId: workerId,
    keyIds: [],
    expiresAtMs: Infinity,
  };
  return { quote: verified, collateral: noCollateral };
}
