// Vendors spell the same certificates and lists in several ways; a bundle may carry one.

import {
  CocoonError,
  encodePemCertificates,
  fromBase64,
  fromHex,
  textOf,
  toHex,
} from "@cocoon/protocol";

export function refuseCollateral(reason: string): never {
  throw new CocoonError("collateral_invalid", { reason });
}

const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;
const derSequenceByte = 0x30;

/** Every certificate of a PEM text, in the strict spelling of RFC 7468. Refuses one that has none, or has more than them. */
export function respellPem(text: string, refuse: (reason: string) => never): string {
  const ders = [...text.matchAll(block)].map(([, lines = ""]) =>
    fromBase64(lines.replaceAll(/\s/g, "")),
  );
  const known = ders.filter((der) => der !== undefined);
  const rest = text.replaceAll(block, "").trim();
  if (known.length === 0 || known.length < ders.length || rest !== "") return refuse("no PEM");
  return encodePemCertificates(...known);
}

/** A chain that a server put in a header: PEM, URL-encoded. Throws collateral_invalid. */
export function readChainHeader(headers: Headers, names: readonly string[]): string {
  const encoded = names.map((name) => headers.get(name)).find((value) => value !== null);
  if (encoded === undefined || encoded === null) refuseCollateral("no issuer chain");
  return respellPem(decoded(encoded), refuseCollateral);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuseCollateral("issuer chain");
  }
}

/** A revocation list in lower-case hex, from DER or from hex as some caches give it. Throws collateral_invalid. */
export function readList(bytes: Uint8Array): string {
  if (bytes[0] === derSequenceByte && bytes.length > 2) return toHex(bytes);
  const list = fromHex((textOf(bytes) ?? "").trim());
  if (list === undefined || list[0] !== derSequenceByte) refuseCollateral("revocation list");
  return toHex(list);
}

/** Text of a body. Throws collateral_invalid. */
export function readText(bytes: Uint8Array): string {
  const text = textOf(bytes);
  if (text === undefined) refuseCollateral("not UTF-8");
  return text;
}
