import { textOf, toHex } from "../bytes/index.ts";
import { type Extension, type Extensions, readExtensions } from "./extension.ts";
import { DerReader, derTag, openSequence, refuseDer } from "./reader.ts";
import { openSignedBody, readSameAlgorithm, type SignedBody } from "./signed-body.ts";

/** A public key as its certificate holds it. */
export type CertifiedKey = {
  /** Object identifier of the algorithm. */
  readonly algorithm: string;
  /** Object identifier of the curve, where the algorithm has one. */
  readonly curve: string | undefined;
  /** The key itself: for elliptic curves the point. */
  readonly bytes: Uint8Array;
};

/** keyUsage (RFC 5280 section 4.2.1.3), the part that matters here. */
export type KeyUsage = {
  readonly digitalSignature: boolean;
  readonly keyCertSign: boolean;
  readonly crlSign: boolean;
};

/** An X.509 v3 certificate. Parsed, not verified. */
export type Certificate = SignedBody & {
  /** Hex, without leading zeros. */
  readonly serial: string;
  /** Distinguished names as their DER: names are compared byte by byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Common name of the subject; empty when it has none. */
  readonly commonName: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly key: CertifiedKey;
  readonly extensions: Extensions;
  /** From basicConstraints (RFC 5280 section 4.2.1.9). */
  readonly isAuthority: boolean;
  readonly pathLengthMax: number | undefined;
  readonly usage: KeyUsage | undefined;
};

/** Far above any certificate of a TEE vendor: Intel's PCK certificates have 1.3 KB. */
const certificateBytesMax = 8_192;
const extensionsTag = 0xa3;
const commonNameOid = "2.5.4.3";
const basicConstraintsOid = "2.5.29.19";
const keyUsageOid = "2.5.29.15";

/**
 * Parses an X.509 certificate of version 3 (RFC 5280 section 4.1). The signed body is
 *
 *     SEQUENCE { [0] version, serial, signatureAlgorithm, issuer, SEQUENCE { notBefore, notAfter },
 *                subject, SubjectPublicKeyInfo, [3] extensions }
 *
 * At most 8 KiB. Throws certificate_malformed.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > certificateBytesMax) refuseDer("certificate too long");
  const opened = openSignedBody(der);
  const { fields } = opened;
  readVersion(fields);
  const serial = toHex(fields.unsigned());
  readSameAlgorithm(opened);
  const issuer = fields.next(derTag.sequence).whole;
  const validity = fields.sequence();
  const notBeforeMs = validity.timeMs();
  const notAfterMs = validity.timeMs();
  validity.end();
  const subject = fields.next(derTag.sequence);
  const key = readKey(fields.sequence());
  const extensions = readExtensions(fields.optional(extensionsTag)?.content);
  fields.end();
  return {
    ...opened.signed,
    serial,
    issuer,
    subject: subject.whole,
    commonName: commonNameOf(subject.content),
    notBeforeMs,
    notAfterMs,
    key,
    extensions,
    ...readAuthority(extensions.get(basicConstraintsOid)),
    usage: readUsage(extensions.get(keyUsageOid)),
  };
}

/** Version 3 is written as the integer 2. */
function readVersion(fields: DerReader): void {
  const version = new DerReader(fields.next(0xa0).content);
  if (version.smallUnsigned() !== 2) refuseDer("version");
  version.end();
}

function readKey(info: DerReader): CertifiedKey {
  const identifier = info.sequence();
  const algorithm = identifier.oid();
  const curve = identifier.nextTag === derTag.oid ? identifier.oid() : undefined;
  const bytes = info.bitString();
  info.end();
  return { algorithm, curve, bytes };
}

/** The first common name among the attributes of a name. */
function commonNameOf(name: Uint8Array): string {
  for (const attribute of new DerReader(name).rest((list) => list.next(derTag.set).content)) {
    const fields = openSequence(attribute);
    if (fields.oid() === commonNameOid) return textOf(fields.any().content) ?? "";
  }
  return "";
}

function readAuthority(
  extension: Extension | undefined,
): Pick<Certificate, "isAuthority" | "pathLengthMax"> {
  if (extension === undefined) return { isAuthority: false, pathLengthMax: undefined };
  const fields = openSequence(extension.content);
  const isAuthority = fields.nextTag === derTag.boolean && fields.boolean();
  const pathLengthMax = fields.nextTag === derTag.integer ? fields.smallUnsigned() : undefined;
  fields.end();
  return { isAuthority, pathLengthMax };
}

/** The named bits are bits of a first byte that follows the count of unused ones. */
function readUsage(extension: Extension | undefined): KeyUsage | undefined {
  if (extension === undefined) return undefined;
  const outer = new DerReader(extension.content);
  const { content } = outer.next(derTag.bitString);
  outer.end();
  const bits = content[1] ?? 0;
  return {
    digitalSignature: (bits & 0x80) !== 0,
    keyCertSign: (bits & 0x04) !== 0,
    crlSign: (bits & 0x02) !== 0,
  };
}
