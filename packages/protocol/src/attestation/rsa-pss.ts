// RSASSA-PSS on WebCrypto, in the one form that AMD signs certificates with: SHA-384 and a salt of 48 bytes.

import { equalBytes, toBase64 } from "../bytes/index.ts";
import {
  type CertifiedKey,
  openSequence,
  signatureAlgorithm,
  type SignedBody,
} from "../der/index.ts";

const algorithms = [signatureAlgorithm.rsaPssSha384, signatureAlgorithm.rsaPssSha384Trailer];
const exponent = Uint8Array.of(1, 0, 1);
const modulusBytesMin = 256;
const modulusBytesMax = 512;
const saltBytes = 48;

/**
 * Whether a certificate's RSA key signed a certificate or revocation list. Keys of 2,048 to 4,096 bits with exponent
 * 65,537, nothing else. Throws certificate_malformed when the key is not DER.
 */
export async function verifyRsaPssBody(signed: SignedBody, key: CertifiedKey): Promise<boolean> {
  if (!algorithms.some((algorithm) => equalBytes(signed.algorithm, algorithm))) return false;
  const modulus = modulusOf(key.bytes);
  if (modulus === undefined || signed.signature.length !== modulus.length) return false;
  const jwk = { kty: "RSA", n: toBase64Url(modulus), e: toBase64Url(exponent) };
  const algorithm = { name: "RSA-PSS", hash: "SHA-384" };
  try {
    const imported = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    return await crypto.subtle.verify(
      { name: "RSA-PSS", saltLength: saltBytes },
      imported,
      new Uint8Array(signed.signature),
      new Uint8Array(signed.body),
    );
  } catch {
    return false;
  }
}

/** Modulus of RSAPublicKey = SEQUENCE { modulus, exponent } (RFC 8017 appendix A.1.1), if the key is acceptable. */
function modulusOf(der: Uint8Array): Uint8Array | undefined {
  const fields = openSequence(der);
  const [modulus, publicExponent] = [fields.unsigned(), fields.unsigned()];
  fields.end();
  const isFit = modulus.length >= modulusBytesMin && modulus.length <= modulusBytesMax;
  return isFit && equalBytes(publicExponent, exponent) ? modulus : undefined;
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
