// What AMD certifies about one platform, stapled to the evidence so that it can be checked offline.

import type { JsonReader } from "../codec/index.ts";
import {
  type Certificate,
  parseCertificate,
  parsePemCertificates,
  parseRevocationList,
  type RevocationList,
} from "../der/index.ts";
import { CocoonError } from "../errors/index.ts";
import {
  requirePinnedRoot,
  verifyChain,
  type VerifiedRevocationList,
  verifyRevocationList,
} from "./chain.ts";
import { keyIdsOf } from "./ecdsa.ts";
import type { TrustProfile } from "./profile.ts";
import { readSevPlatform, type SevPlatform } from "./sev-certificate.ts";
import type { SevReport } from "./sev-report.ts";
import { parseVendorJson, readLowerHex, refuseCollateral } from "./vendor-json.ts";

/**
 * Collateral of an SEV-SNP report as the JSON in a bundle spells it, in this order and without white space: what AMD's
 * key distribution service gives for the chip and for its product line.
 */
export type SevCollateral = {
  /** PEM: the VCEK or VLEK, the authority that certifies such keys (ASK or ASVK), the root (ARK). */
  readonly chain: string;
  /** The root's revocation list, DER in lower-case hex. */
  readonly crl: string;
};

type Parts = {
  readonly chain: readonly [Certificate, Certificate, Certificate];
  readonly list: RevocationList;
};

/** Three certificates of AMD have 6 KB. */
const chainBytesMax = 16_384;
const listBytesMax = 65_536;

/** A platform's key, certified; it comes from verifySevChain alone. */
export type CertifiedSevKey = {
  readonly platform: SevPlatform;
  readonly signer: SevReport["signer"];
  /** P-384 point. */
  readonly key: Uint8Array;
  readonly keyIds: readonly string[];
  readonly expiresAtMs: number;
};

export type OpenedSevCollateral = CertifiedSevKey & {
  /** When the revocation list was. */
  readonly issuedAtMs: number;
};

/** The text of collateral, in the one spelling that openSevCollateral accepts. */
export function encodeSevCollateral({ chain, crl }: SevCollateral): string {
  return JSON.stringify({ chain, crl });
}

/**
 * Checks the chain of a platform's key and the root's revocation list. Throws collateral_invalid,
 * certificate_malformed, chain_untrusted, chain_expired, crl_invalid or certificate_revoked.
 */
export async function openSevCollateral(
  text: string,
  profile: TrustProfile<"sev-snp">,
  nowMs: number,
): Promise<OpenedSevCollateral> {
  const { chain, list } = parse(text);
  const root = await requirePinnedRoot(chain, profile.rootKeyId);
  const verified = await verifyRevocationList(list, root, nowMs);
  const certified = await verifySevChain(chain, profile, nowMs, [verified]);
  const expiresAtMs = Math.min(certified.expiresAtMs, verified.list.nextUpdateMs);
  return { ...certified, issuedAtMs: list.thisUpdateMs, expiresAtMs };
}

function parse(text: string): Parts {
  const json = parseVendorJson(text);
  if (canonicalText(json) !== text) refuseCollateral("spelling");
  return {
    chain: parseSevChain(json.string("chain", chainBytesMax)),
    list: parseRevocationList(readLowerHex(json, "crl", listBytesMax)),
  };
}

function canonicalText(json: JsonReader): string {
  return encodeSevCollateral({
    chain: json.string("chain", chainBytesMax),
    crl: json.string("crl", 2 * listBytesMax),
  });
}

/** Throws certificate_malformed. */
export function parseSevChain(pem: string): Parts["chain"] {
  const [leaf, authority, root] = parsePemCertificates(pem, 3).map((der) => parseCertificate(der));
  if (leaf === undefined || authority === undefined || root === undefined) {
    refuseCollateral("chain");
  }
  return [leaf, authority, root];
}

/** Which authority certifies which kind of key. */
const authorityNames = { "SEV-VCEK": "SEV-", "SEV-VLEK": "SEV-VLEK-" } as const;

/**
 * Verifies a chain, under the root's revocation list where it is given: AMD lists what the root issued, and takes keys
 * of platforms back by raising TCB versions. Throws certificate_malformed, chain_untrusted, chain_expired or
 * certificate_revoked.
 */
export async function verifySevChain(
  chain: Parts["chain"],
  { product, rootKeyId }: TrustProfile<"sev-snp">,
  nowMs: number,
  lists: readonly VerifiedRevocationList[] = [],
): Promise<CertifiedSevKey> {
  const [leaf, authority] = chain;
  const signer = signerOf(leaf);
  const isNamed = authority.commonName === `${authorityNames[signer]}${product}`;
  if (!isNamed || leaf.isAuthority) throw new CocoonError("chain_untrusted", { reason: "name" });
  await verifyChain(chain, {
    rootKeyId,
    nowMs,
    lists,
    listedIssuers: lists.length,
    allowsRsa: true,
  });
  return {
    platform: readSevPlatform(leaf, product),
    signer,
    key: leaf.key.bytes,
    keyIds: await keyIdsOf(chain),
    expiresAtMs: Math.min(...chain.map((certificate) => certificate.notAfterMs)),
  };
}

function signerOf({ commonName }: Certificate): SevReport["signer"] {
  if (commonName !== "SEV-VCEK" && commonName !== "SEV-VLEK") {
    throw new CocoonError("chain_untrusted", { reason: "name" });
  }
  return commonName;
}
