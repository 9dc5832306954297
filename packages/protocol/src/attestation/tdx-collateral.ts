// What Intel signs about its platforms, stapled to the evidence so that it can be checked offline.

import { utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import {
  requirePlatformAuthority,
  requireLeaf,
  requirePinnedRoot,
  verifyChain,
  type VerifiedRevocationList,
  verifyRevocationList,
} from "./chain.ts";
import { parseCollateral, type SignedText } from "./tdx-collateral-parts.ts";
import { keyIdsOf, verifyP256 } from "./ecdsa.ts";
import { clockToleranceMs } from "./policy.ts";
import type { TrustProfile } from "./profile.ts";
import type { QeIdentity } from "./qe-identity.ts";
import type { TcbInfo } from "./tcb-info.ts";
import { type Edition, refuseCollateral } from "./vendor-json.ts";

declare const opened: unique symbol;

/** Collateral whose every signature and time was checked: it comes from openTdxCollateral alone. */
export type OpenedTdxCollateral = {
  readonly [opened]: true;
  /** Root key that it was checked against, hex. */
  readonly rootKeyId: string;
  readonly tcbInfo: TcbInfo;
  readonly qeIdentity: QeIdentity;
  /** Of TCB info's signer, of that of the QE identity, and of the authority for platforms; see keyIdOf. */
  readonly keyIds: readonly string[];
  /** Of the root and of the authority that certifies platforms. */
  readonly lists: readonly VerifiedRevocationList[];
  /** The older one of TCB info and QE identity. */
  readonly issuedAtMs: number;
  readonly evaluationNumber: number;
  /** When the first part of it expires. */
  readonly expiresAtMs: number;
};

const tcbSignerName = "Intel SGX TCB Signing";

/**
 * Checks all of the collateral that does not depend on a quote, which is most of the work: a caller may keep the
 * result until `expiresAtMs`. Throws collateral_invalid, collateral_expired, certificate_malformed, chain_untrusted,
 * chain_expired, crl_invalid or certificate_revoked.
 */
export async function openTdxCollateral(
  text: string,
  profile: TrustProfile<"tdx">,
  nowMs: number,
): Promise<OpenedTdxCollateral> {
  const parts = parseCollateral(text);
  requireCurrent(parts.tcb.content, nowMs);
  requireCurrent(parts.qe.content, nowMs);
  const { rootKeyId } = profile;
  const root = await requirePinnedRoot(parts.tcb.chain, rootKeyId);
  const rootList = await verifyRevocationList(parts.rootList, root, nowMs);
  const context = { rootKeyId, nowMs, lists: [rootList] };
  await verifyChain(parts.tcb.chain, context);
  await verifyChain(parts.qe.chain, context);
  await requireSigned(parts.tcb);
  await requireSigned(parts.qe);
  requirePlatformAuthority(parts.authorityChain[0]);
  await verifyChain(parts.authorityChain, context);
  const platformList = await verifyRevocationList(
    parts.platformList,
    parts.authorityChain[0],
    nowMs,
  );
  const editions = [parts.tcb.content, parts.qe.content];
  const certificates = [parts.tcb.chain, parts.qe.chain, parts.authorityChain].flat();
  const openedParts = {
    rootKeyId,
    keyIds: await keyIdsOf(certificates),
    tcbInfo: parts.tcb.content,
    qeIdentity: parts.qe.content,
    lists: [rootList, platformList],
    issuedAtMs: Math.min(...editions.map((edition) => edition.issuedAtMs)),
    evaluationNumber: Math.min(...editions.map((edition) => edition.evaluationNumber)),
    expiresAtMs: Math.min(
      ...editions.map((edition) => edition.nextUpdateMs),
      ...[rootList, platformList].map(({ list }) => list.nextUpdateMs),
      ...certificates.map((certificate) => certificate.notAfterMs),
    ),
  };
  return openedParts as unknown as OpenedTdxCollateral; // oxlint-disable-line no-unsafe-type-assertion -- the brand
}

function requireCurrent(edition: Edition, nowMs: number): void {
  const isCurrent = edition.issuedAtMs <= nowMs + clockToleranceMs && nowMs <= edition.nextUpdateMs;
  if (!isCurrent) throw new CocoonError("collateral_expired");
}

async function requireSigned(signed: SignedText<Edition>): Promise<void> {
  const [signer] = signed.chain;
  requireLeaf(signer, tcbSignerName);
  const isSigned = await verifyP256(signer.key.bytes, signed.signature, utf8(signed.text));
  if (!isSigned) refuseCollateral("signature");
}
