import { toHex } from "../bytes/index.ts";
import { type Extensions, readExtensions } from "./extension.ts";
import { type DerReader, derTag, refuseDer } from "./reader.ts";
import { openSignedBody, readSameAlgorithm, type SignedBody } from "./signed-body.ts";

/** A certificate revocation list. Parsed, not verified. */
export type RevocationList = SignedBody & {
  /** Distinguished name of the issuer as its DER. */
  readonly issuer: Uint8Array;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** Serials of the revoked, hex without leading zeros. */
  readonly revoked: ReadonlySet<string>;
};

/** About 1,100 revoked certificates; Intel's list had 57 of them in 2026. */
const revocationListBytesMax = 65_536;
const extensionsTag = 0xa0;

/**
 * Parses a revocation list of version 2 (RFC 5280 section 5.1). The signed body is
 *
 *     SEQUENCE { version, signatureAlgorithm, issuer, thisUpdate, nextUpdate,
 *                SEQUENCE OF { serial, time, extensions }, [0] extensions }
 *
 * A list without nextUpdate, or with a critical extension (which would make it speak of something else than all
 * certificates of its issuer), is refused. At most 64 KiB. Throws certificate_malformed.
 */
export function parseRevocationList(der: Uint8Array): RevocationList {
  if (der.length > revocationListBytesMax) refuseDer("revocation list too long");
  const opened = openSignedBody(der);
  const { fields } = opened;
  if (fields.smallUnsigned() !== 1) refuseDer("version");
  readSameAlgorithm(opened);
  const issuer = fields.next(derTag.sequence).whole;
  const thisUpdateMs = fields.timeMs();
  const nextUpdateMs = fields.timeMs();
  const revoked = fields.nextTag === derTag.sequence ? fields.sequence().rest(readRevoked) : [];
  refuseCritical(readExtensions(fields.optional(extensionsTag)?.content));
  fields.end();
  return { ...opened.signed, issuer, thisUpdateMs, nextUpdateMs, revoked: new Set(revoked) };
}

function readRevoked(list: DerReader): string {
  const fields = list.sequence();
  const serial = toHex(fields.unsigned());
  fields.timeMs();
  const extensions = fields.optional(derTag.sequence);
  if (extensions !== undefined) refuseCritical(readExtensions(extensions.whole));
  fields.end();
  return serial;
}

function refuseCritical(extensions: Extensions): void {
  for (const { isCritical } of extensions.values()) {
    if (isCritical) refuseDer("critical extension");
  }
}
