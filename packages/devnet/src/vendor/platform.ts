// Versions that the simulated platform has, and the extension that says so in its certificate.

import {
  derEnumerated,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  encodeExtension,
  fromHex,
  primitives,
  utf8,
} from "@cocoon/protocol";

/** What the simulated platform's certificate, its quotes and the vendor's collateral agree on. */
export const simulatedPlatform = {
  /** 6 bytes; no family of Intel's begins like this. */
  fmspc: "c0c000000000",
  pceId: "0000",
  cpuSvn: new Uint8Array(16).fill(2),
  pceSvn: 13,
  /** TDX module of major version 1 and minor version 5, then versions of microcode. */
  teeTcbSvn: Uint8Array.of(5, 1, 3, ...new Uint8Array(13)),
  /** Stands for the signer of Intel's quoting enclave. */
  qeMrSigner: primitives.sha256(utf8("COCOON SIMULATED QUOTING ENCLAVE")),
  qeIsvProdId: 2,
  qeIsvSvn: 4,
} as const;

const sgxOid = "1.2.840.113741.1.13.1";

/** The SGX extension of a PCK certificate: as readPckPlatform of the protocol reads it. */
export function encodeSgxExtension(ppid: Uint8Array): Uint8Array {
  const { cpuSvn, pceSvn, pceId, fmspc } = simulatedPlatform;
  const field = (name: string, value: Uint8Array) =>
    derSequence(derOid(`${sgxOid}.${name}`), value);
  const components = Array.from(cpuSvn, (svn, index) => field(`2.${index + 1}`, derInteger(svn)));
  const tcb = derSequence(
    ...components,
    field("2.17", derInteger(pceSvn)),
    field("2.18", derOctetString(cpuSvn)),
  );
  const fields = derSequence(
    field("1", derOctetString(ppid)),
    field("2", tcb),
    field("3", derOctetString(fromHex(pceId) ?? new Uint8Array())),
    field("4", derOctetString(fromHex(fmspc) ?? new Uint8Array())),
    // Kind of platform: 1 is one with several processors.
    field("5", derEnumerated(1)),
  );
  return encodeExtension(sgxOid, false, fields);
}
