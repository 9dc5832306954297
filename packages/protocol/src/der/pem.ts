import { fromBase64, toBase64 } from "../bytes/index.ts";
import { refuseDer } from "./reader.ts";

const begin = "-----BEGIN CERTIFICATE-----\n";
const end = "-----END CERTIFICATE-----";
/** Lines of 64 characters, the last one shorter or equal (RFC 7468 section 2, its strict form). */
const base64Lines = /^(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/=]{1,64}\n$/;

/**
 * DER of each certificate in a PEM text, which must hold exactly `count` of them, one after another and nothing
 * else, each with a line break after it. Only one spelling of each certificate is accepted. Throws certificate_malformed.
 */
export function parsePemCertificates(text: string, count: number): Uint8Array[] {
  const blocks = text.split(end);
  const tail = blocks.pop();
  if (blocks.length !== count || tail !== "\n") refuseDer("PEM");
  return blocks.map((block, index) => {
    const head = index === 0 ? begin : `\n${begin}`;
    const lines = block.slice(head.length);
    const der = fromBase64(lines.replaceAll("\n", ""));
    if (!block.startsWith(head) || !base64Lines.test(lines) || der === undefined) refuseDer("PEM");
    return der;
  });
}

/** PEM text of certificates, as parsePemCertificates reads it. */
export function encodePemCertificates(...certificates: readonly Uint8Array[]): string {
  const blocks = certificates.map((der) => {
    const lines = toBase64(der).replaceAll(/.{64}(?=.)/g, "$&\n");
    return `${begin}${lines}\n${end}\n`;
  });
  return blocks.join("");
}
