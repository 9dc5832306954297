// The certificate of a platform's provisioning key (PCK): "Intel SGX PCK Certificate and Certificate Revocation List
// Profile Specification", revision 1.5, section 1.3.5.

import { toHex } from "../bytes/index.ts";
import {
  type Certificate,
  type DerElement,
  DerReader,
  derTag,
  openSequence,
} from "../der/index.ts";
import { CocoonError } from "../errors/index.ts";

/** What Intel certifies of one platform. */
export type PckPlatform = {
  /** Names this one platform: 16 bytes, hex. */
  readonly ppid: string;
  /** 16 security versions. */
  readonly cpuSvn: Uint8Array;
  readonly pceSvn: number;
  /** Hex, 2 and 6 bytes. */
  readonly pceId: string;
  readonly fmspc: string;
};

const sgxOid = "1.2.840.113741.1.13.1";
const tcbOid = `${sgxOid}.2`;

/**
 * Reads the SGX extension of a PCK certificate. Throws certificate_malformed.
 *
 *     SEQUENCE OF SEQUENCE { OID, value }
 *       .1 PPID OCTET STRING 16     .3 PCE id OCTET STRING 2     .4 FMSPC OCTET STRING 6
 *       .2 TCB SEQUENCE OF SEQUENCE { OID, value }
 *            .2.17 PCESVN INTEGER   .2.18 CPUSVN OCTET STRING 16
 */
export function readPckPlatform(certificate: Certificate): PckPlatform {
  const extension = certificate.extensions.get(sgxOid);
  if (extension === undefined) refuse("no SGX extension");
  const fields = readFields(extension.content);
  const tcb = readFields(requireField(fields, tcbOid, derTag.sequence).whole);
  const octets = (from: typeof fields, oid: string, sizeBytes: number) => {
    const { content } = requireField(from, oid, derTag.octetString);
    if (content.length !== sizeBytes) refuse("size of a field");
    return content;
  };
  return {
    ppid: toHex(octets(fields, `${sgxOid}.1`, 16)),
    cpuSvn: octets(tcb, `${tcbOid}.18`, 16),
    pceSvn: new DerReader(requireField(tcb, `${tcbOid}.17`, derTag.integer).whole).smallUnsigned(),
    pceId: toHex(octets(fields, `${sgxOid}.3`, 2)),
    fmspc: toHex(octets(fields, `${sgxOid}.4`, 6)),
  };
}

function refuse(reason: string): never {
  throw new CocoonError("certificate_malformed", { reason });
}

function readFields(der: Uint8Array): ReadonlyMap<string, DerElement> {
  const fields = openSequence(der).rest((list): [string, DerElement] => {
    const field = list.sequence();
    const oid = field.oid();
    const value = field.any();
    field.end();
    return [oid, value];
  });
  const byOid = new Map(fields);
  if (byOid.size !== fields.length) refuse("field twice");
  return byOid;
}

function requireField(
  fields: ReadonlyMap<string, DerElement>,
  oid: string,
  tag: number,
): DerElement {
  const field = fields.get(oid);
  if (field?.tag !== tag) refuse("field missing");
  return field;
}
