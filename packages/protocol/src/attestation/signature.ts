import type { CertifiedKey, SignedBody } from "../der/index.ts";
import { verifyEcdsaBody } from "./ecdsa.ts";
import { verifyRsaPssBody } from "./rsa-pss.ts";

/** By the algorithm of the issuer's key (RFC 5480 section 2.1.1, RFC 4055 section 1.2). */
const verifiers = new Map([
  ["1.2.840.10045.2.1", verifyEcdsaBody],
  ["1.2.840.113549.1.1.1", verifyRsaPssBody],
]);

/**
 * Whether a certificate's key signed a certificate or revocation list, in one of the ways that TEE vendors use.
 * Throws certificate_malformed when key or signature are not DER.
 */
export async function verifySignedBody(signed: SignedBody, key: CertifiedKey): Promise<boolean> {
  const verify = verifiers.get(key.algorithm);
  return verify !== undefined && (await verify(signed, key));
}
