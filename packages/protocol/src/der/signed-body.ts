import { equalBytes } from "../bytes/index.ts";
import { DerReader, derTag, openSequence, refuseDer } from "./reader.ts";

/** Something that an authority signed: the bytes it signed, how, and its signature. */
export type SignedBody = {
  readonly body: Uint8Array;
  /** Object identifier of the signature algorithm. */
  readonly signatureAlgorithm: string;
  /** AlgorithmIdentifier, parameters included, as its DER. */
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
};

/** A signed body taken apart: its fields are still to be read. */
export type OpenedBody = {
  readonly signed: SignedBody;
  readonly fields: DerReader;
};

/**
 * Takes apart what certificates and revocation lists have in common (RFC 5280 sections 4.1.1 and 5.1.1):
 *
 *     SEQUENCE { body SEQUENCE, signatureAlgorithm SEQUENCE { OID, parameters }, signature BIT STRING }
 */
export function openSignedBody(der: Uint8Array): OpenedBody {
  const outer = openSequence(der);
  const body = outer.next(derTag.sequence);
  const algorithm = outer.next(derTag.sequence);
  const signature = outer.bitString();
  outer.end();
  const signatureAlgorithm = new DerReader(algorithm.content).oid();
  return {
    signed: { body: body.whole, signatureAlgorithm, algorithm: algorithm.whole, signature },
    fields: new DerReader(body.content),
  };
}

/** Reads the algorithm inside the body: it must be the one outside, which is not signed. */
export function readSameAlgorithm({ fields, signed }: OpenedBody): void {
  if (!equalBytes(fields.next(derTag.sequence).whole, signed.algorithm)) {
    refuseDer("two algorithms");
  }
}
