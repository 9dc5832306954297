// The JSON form of Intel's collateral, taken apart; nothing here is verified.

import {
  type Certificate,
  parseCertificate,
  parsePemCertificates,
  parseRevocationList,
  type RevocationList,
} from "../der/index.ts";
import type { JsonReader } from "../codec/index.ts";
import { parseQeIdentity, type QeIdentity } from "./qe-identity.ts";
import { parseTcbInfo, type TcbInfo } from "./tcb-info.ts";
import { type Edition, parseVendorJson, readLowerHex, refuseCollateral } from "./vendor-json.ts";

/**
 * Collateral of a TDX quote as the JSON in a bundle spells it; the names are those of Intel's quote verification
 * library. Chains are PEM, the signer first; lists and signatures lower-case hex; `tcb_info` and `qe_identity` hold
 * the exact text that was signed. In this order, without white space and with nothing else: one spelling, so that no
 * byte of it can be changed unnoticed; see normalizeTdxCollateral.
 */
export type VendorCollateral = {
  readonly tcb_info_issuer_chain: string;
  readonly tcb_info: string;
  readonly tcb_info_signature: string;
  readonly qe_identity_issuer_chain: string;
  readonly qe_identity: string;
  readonly qe_identity_signature: string;
  readonly pck_crl_issuer_chain: string;
  readonly pck_crl: string;
  readonly root_ca_crl: string;
};

/** Four times Intel's TCB info. */
const signedTextBytesMax = 16_384;
/** Two certificates. */
const chainBytesMax = 8_192;
const listBytesMax = 65_536;

/** A signed JSON text with the chain of its signer. */
export type SignedText<Content extends Edition> = {
  readonly content: Content;
  readonly text: string;
  readonly signature: Uint8Array;
  readonly chain: ShortChain;
};

/** A certificate and the root that issued it. */
export type ShortChain = readonly [Certificate, Certificate];

export type CollateralParts = {
  readonly tcb: SignedText<TcbInfo>;
  readonly qe: SignedText<QeIdentity>;
  /** The authority that certifies platforms. */
  readonly authorityChain: ShortChain;
  readonly rootList: RevocationList;
  readonly platformList: RevocationList;
};

/** Throws collateral_invalid or certificate_malformed. */
export function parseCollateral(text: string): CollateralParts {
  const json = parseVendorJson(text);
  if (canonicalText(json) !== text) refuseCollateral("spelling");
  const readChain = (name: keyof VendorCollateral): ShortChain => {
    const ders = parsePemCertificates(json.string(name, chainBytesMax), 2);
    const [signer, root] = ders.map((der) => parseCertificate(der));
    if (signer === undefined || root === undefined) refuseCollateral(name);
    return [signer, root];
  };
  const readSigned = <Content extends Edition>(
    name: "tcb_info" | "qe_identity",
    parse: (signed: string) => Content,
  ): SignedText<Content> => {
    const signed = json.string(name, signedTextBytesMax);
    const chain = readChain(`${name}_issuer_chain`);
    const signature = readLowerHex(json, `${name}_signature`, 64);
    return { content: parse(signed), text: signed, signature, chain };
  };
  return {
    tcb: readSigned("tcb_info", parseTcbInfo),
    qe: readSigned("qe_identity", parseQeIdentity),
    authorityChain: readChain("pck_crl_issuer_chain"),
    rootList: parseRevocationList(readLowerHex(json, "root_ca_crl", listBytesMax)),
    platformList: parseRevocationList(readLowerHex(json, "pck_crl", listBytesMax)),
  };
}

const fieldNames = [
  "tcb_info_issuer_chain",
  "tcb_info",
  "tcb_info_signature",
  "qe_identity_issuer_chain",
  "qe_identity",
  "qe_identity_signature",
  "pck_crl_issuer_chain",
  "pck_crl",
  "root_ca_crl",
] as const satisfies readonly (keyof VendorCollateral)[];

function canonicalText(json: JsonReader): string {
  const fields = fieldNames.map((name) => [name, json.string(name, 2 * listBytesMax)]);
  return JSON.stringify(Object.fromEntries(fields));
}

/**
 * The one spelling of collateral that a bundle may carry, of any JSON with its fields, such as what a provisioning
 * cache or another verifier's tool gives. Throws collateral_invalid.
 */
export function normalizeTdxCollateral(text: string): string {
  return canonicalText(parseVendorJson(text));
}
