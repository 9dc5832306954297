// The certificates that a host gives an SEV-SNP guest with its report: "SEV-ES Guest-Hypervisor Communication Block
// Standardization", document 56421, section 4.1.8.1.

import { parsePemCertificates, textOf, toHex } from "@cocoon/protocol";

/** a8074bc2-a25a-483e-aae6-39c045a0b8a1, byte by byte as it is written. */
const vlekGuid = "a8074bc2a25a483eaae639c045a0b8a1";
const entryBytes = 24;
const endGuid = "00".repeat(16);
const dash = 0x2d;

/**
 * The VLEK's certificate, DER, or undefined where the table has none. The host is not trusted: what comes from here is
 * verified with the report. Integers are little-endian:
 *
 *     any number of  GUID 16, offset 4, size 4
 *     zeros 24
 *     certificates, at the offsets
 */
export function findVlek(table: Uint8Array): Uint8Array | undefined {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  for (let at = 0; at + entryBytes <= table.length; at += entryBytes) {
    const guid = toHex(table.subarray(at, at + 16));
    if (guid === endGuid) return undefined;
    if (guid !== vlekGuid) continue;
    const offset = view.getUint32(at + 16, true);
    return derOf(table.subarray(offset, offset + view.getUint32(at + 20, true)));
  }
  return undefined;
}

/** Some hosts put PEM where DER is meant. */
function derOf(certificate: Uint8Array): Uint8Array | undefined {
  if (certificate[0] !== dash) return certificate;
  const text = (textOf(certificate) ?? "").trimEnd();
  return parsePemCertificates(`${text}\n`, 1)[0];
}
