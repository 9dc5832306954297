import { concatBytes, utf8 } from "../bytes/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";

/**
 * Signs a body under a domain such as "cocoon/receipt/1": Ed25519 over `utf8(domain) || 0x00 || body`.
 * A signature made for one purpose is therefore worth nothing for another. Returns 64 bytes.
 */
export function signDomain(key: SigningKey, domain: string, body: Uint8Array): Uint8Array {
  return key.sign(domainMessage(domain, body));
}

/** Whether the signature is this key's over this body under this domain. Never throws on bad bytes. */
export function verifyDomain(
  publicKey: Uint8Array,
  domain: string,
  body: Uint8Array,
  signature: Uint8Array,
): boolean {
  return primitives.ed25519Verify(publicKey, domainMessage(domain, body), signature);
}

/** What a signature under a domain is over. The zero byte ends the domain: none is the beginning of another's message. */
export function domainMessage(domain: string, body: Uint8Array): Uint8Array {
  if (!/^[!-~]+$/.test(domain)) throw new RangeError("a domain is visible ASCII");
  return concatBytes(utf8(domain), Uint8Array.of(0), body);
}
