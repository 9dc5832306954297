// Certificate chains of TEE vendors: short, pinned to one root key, and nothing passes without the revocation lists
// that the vendor publishes.

import { equalBytes } from "../bytes/index.ts";
import { type Certificate, type RevocationList } from "../der/index.ts";
import { CocoonError } from "../errors/index.ts";
import { keyIdOf } from "./ecdsa.ts";
import { clockToleranceMs } from "./policy.ts";
import { verifySignedBody } from "./signature.ts";

/** A revocation list whose signature and times were checked. */
export type VerifiedRevocationList = {
  readonly list: RevocationList;
  readonly issuerKey: Uint8Array;
};

export type ChainOptions = {
  /** SHA-384 of the root's key, hex. */
  readonly rootKeyId: string;
  readonly nowMs: number;
  /** One for each issuer in the chain that publishes them. */
  readonly lists: readonly VerifiedRevocationList[];
  /** How many issuers, from the root down, publish revocation lists. Default: all. */
  readonly listedIssuers?: number;
  /** Whether issuers may have RSA keys besides those of elliptic curves. Default: no. */
  readonly allowsRsa?: boolean;
};

/** RFC 5480 section 2.1.1. */
const ellipticKey = "1.2.840.10045.2.1";

/** Critical extensions that are understood: basicConstraints and keyUsage. */
const understood = new Set(["2.5.29.19", "2.5.29.15"]);

/**
 * Verifies a chain from its leaf to its root, both included (RFC 5280 section 6.1, the part that these vendors use).
 * Throws chain_untrusted, chain_expired, crl_invalid or certificate_revoked.
 */
export async function verifyChain(
  chain: readonly Certificate[],
  options: ChainOptions,
): Promise<void> {
  const root = await requirePinnedRoot(chain, options.rootKeyId);
  const listed = options.listedIssuers ?? chain.length;
  let issuer = root;
  for (const [depth, certificate] of [...chain].toReversed().entries()) {
    requireValidAt(certificate, options.nowMs);
    requireUnderstood(certificate);
    // The root stands at depth 0 and issues itself; what follows it needs an authority above.
    if (depth > 0) requireAuthority(issuer, chain.length - 1 - depth);
    if (options.allowsRsa !== true) requireEllipticKey(issuer);
    await requireIssuedBy(certificate, issuer);
    if (Math.max(0, depth - 1) < listed) requireNotRevoked(certificate, issuer, options.lists);
    issuer = certificate;
  }
}

/** The last certificate, when its key is the pinned one and signed it. Throws chain_untrusted. */
export async function requirePinnedRoot(
  chain: readonly Certificate[],
  rootKeyId: string,
): Promise<Certificate> {
  const root = chain.at(-1);
  if (root === undefined || (await keyIdOf(root.key.bytes)) !== rootKeyId) refuse("root");
  return root;
}

function refuse(reason: string): never {
  throw new CocoonError("chain_untrusted", { reason });
}

function requireValidAt(certificate: Certificate, nowMs: number): void {
  if (nowMs < certificate.notBeforeMs || nowMs > certificate.notAfterMs) {
    throw new CocoonError("chain_expired", { certificate: certificate.commonName });
  }
}

function requireUnderstood(certificate: Certificate): void {
  for (const [oid, { isCritical }] of certificate.extensions) {
    if (isCritical && !understood.has(oid)) refuse("critical extension");
  }
}

/** Whether it may issue certificates, with this many authorities between it and the leaf. */
function requireAuthority(issuer: Certificate, authoritiesBelow: number): void {
  if (!issuer.isAuthority || issuer.usage?.keyCertSign !== true) refuse("not an authority");
  if (issuer.pathLengthMax !== undefined && authoritiesBelow > issuer.pathLengthMax) {
    refuse("path length");
  }
}

function requireEllipticKey({ key }: Certificate): void {
  if (key.algorithm !== ellipticKey) refuse("kind of key");
}

async function requireIssuedBy(certificate: Certificate, issuer: Certificate): Promise<void> {
  if (!equalBytes(certificate.issuer, issuer.subject)) refuse("issuer's name");
  if (!(await verifySignedBody(certificate, issuer.key))) refuse("signature");
}

function requireNotRevoked(
  certificate: Certificate,
  issuer: Certificate,
  lists: readonly VerifiedRevocationList[],
): void {
  const found = lists.find(
    ({ list, issuerKey }) =>
      equalBytes(list.issuer, issuer.subject) && equalBytes(issuerKey, issuer.key.bytes),
  );
  if (found === undefined) throw new CocoonError("crl_invalid", { reason: "missing" });
  if (found.list.revoked.has(certificate.serial)) {
    throw new CocoonError("certificate_revoked", { certificate: certificate.commonName });
  }
}

/** Throws chain_untrusted unless the certificate signs as this and is no authority. */
export function requireLeaf(certificate: Certificate, commonName: string): void {
  const signs = certificate.usage?.digitalSignature === true && !certificate.isAuthority;
  if (!signs || certificate.commonName !== commonName) refuse("name");
}

/** Which of Intel's authorities for platforms it is. Throws chain_untrusted where it is neither. */
export function requirePlatformAuthority({ commonName }: Certificate): "platform" | "processor" {
  if (commonName === "Intel SGX PCK Platform CA") return "platform";
  if (commonName === "Intel SGX PCK Processor CA") return "processor";
  return refuse("name");
}

/** Checks a revocation list's signature and times. Throws crl_invalid. */
export async function verifyRevocationList(
  list: RevocationList,
  issuer: Certificate,
  nowMs: number,
): Promise<VerifiedRevocationList> {
  const refuseList = (reason: string): never => {
    throw new CocoonError("crl_invalid", { reason });
  };
  if (!equalBytes(list.issuer, issuer.subject)) refuseList("issuer's name");
  if (issuer.usage?.crlSign !== true) refuseList("not an issuer of lists");
  if (!(await verifySignedBody(list, issuer.key))) refuseList("signature");
  if (list.thisUpdateMs > nowMs + clockToleranceMs) refuseList("not yet valid");
  if (list.nextUpdateMs < nowMs) refuseList("expired");
  return { list, issuerKey: issuer.key.bytes };
}
