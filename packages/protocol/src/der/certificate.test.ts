import assert from "node:assert/strict";
import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import {
  basicConstraints,
  type CertificateFields,
  crlNumber,
  encodeCertificateBody,
  encodeEd25519PublicKey,
  encodeExtension,
  encodeRevocationListBody,
  keyUsage,
  signatureAlgorithm,
  signedDer,
} from "./certificate-writer.ts";
import { parseCertificate } from "./certificate.ts";
import { encodePemCertificates, parsePemCertificates } from "./pem.ts";
import { parseRevocationList } from "./revocation-list.ts";
import { derExplicit, derInteger, derNull, derSequence } from "./writer.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const rawKey = Uint8Array.from(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
const algorithm = signatureAlgorithm.ed25519;
const refused = { code: "certificate_malformed" };

function certify(fields: Partial<CertificateFields>): Uint8Array {
  const body = encodeCertificateBody({
    serial: Uint8Array.of(0x80, 1),
    algorithm,
    issuer: { organization: "Cocoon", commonName: "Issuer" },
    subject: { organization: "Cocoon", commonName: "Subject" },
    notBeforeMs: Date.UTC(2026, 0),
    notAfterMs: Date.UTC(2051, 0),
    publicKeyInfo: encodeEd25519PublicKey(rawKey),
    extensions: [basicConstraints(true, 1), keyUsage("keyCertSign", "crlSign")],
    ...fields,
  });
  return signedDer(body, algorithm, sign(null, body, privateKey));
}

function revoke(extensions: Uint8Array[]): Uint8Array {
  const body = encodeRevocationListBody({
    algorithm,
    issuer: { commonName: "Issuer" },
    thisUpdateMs: Date.UTC(2026, 0),
    nextUpdateMs: Date.UTC(2026, 1),
    revoked: [{ serial: Uint8Array.of(0x80, 1), revokedAtMs: Date.UTC(2026, 0) }],
    extensions,
  });
  return signedDer(body, algorithm, sign(null, body, privateKey));
}

test("parseCertificate() refuses a certificate that is too long, cut, or followed by anything", () => {
  const der = certify({});
  assert.throws(() => parseCertificate(new Uint8Array(8_193)), refused);
  assert.throws(() => parseCertificate(new Uint8Array()), refused);
  assert.throws(() => parseCertificate(der.subarray(0, -1)), refused);
  assert.throws(() => parseCertificate(Uint8Array.from([...der, 0])), refused);
});

test("parseCertificate() refuses an extension that comes twice", () => {
  const extensions = [basicConstraints(false), basicConstraints(true)];
  assert.throws(() => parseCertificate(certify({ extensions })), refused);
});

test("parseCertificate() refuses two different signature algorithms", () => {
  const inner = certify({ algorithm: signatureAlgorithm.ecdsaP256Sha256 });
  assert.throws(() => parseCertificate(inner), refused);
});

test("parseCertificate() refuses a version other than 3", () => {
  const body = derSequence(derExplicit(0, derInteger(1)), derInteger(1), derNull());
  assert.throws(() => parseCertificate(signedDer(body, algorithm, new Uint8Array(64))), refused);
});

test("parseCertificate() gives every field of a certificate", () => {
  const certificate = parseCertificate(certify({}));
  assert.equal(certificate.serial, "8001");
  assert.equal(certificate.commonName, "Subject");
  assert.notDeepEqual(certificate.issuer, certificate.subject);
  assert.equal(certificate.notBeforeMs, Date.UTC(2026, 0));
  assert.equal(certificate.notAfterMs, Date.UTC(2051, 0));
  assert.deepEqual(certificate.key, { algorithm: "1.3.101.112", curve: undefined, bytes: rawKey });
  assert.equal(certificate.signatureAlgorithm, "1.3.101.112");
  assert.equal(certificate.signature.length, 64);
  assert.equal(certificate.isAuthority, true);
  assert.equal(certificate.pathLengthMax, 1);
  assert.deepEqual(certificate.usage, {
    digitalSignature: false,
    keyCertSign: true,
    crlSign: true,
  });
});

test("parseCertificate() of a certificate without extensions is no authority", () => {
  const certificate = parseCertificate(certify({ extensions: [] }));
  assert.equal(certificate.isAuthority, false);
  assert.equal(certificate.usage, undefined);
});

test("parseCertificate() reads the certificate it is given, where OpenSSL finds another hidden in it as PEM", () => {
  const hidden = encodePemCertificates(certify({ subject: { commonName: "Hidden" } }));
  const carrier = encodeExtension("1.3.6.1.4.1.12345.1", false, utf8(`\n${hidden}`));
  const der = certify({ subject: { commonName: "Peer" }, extensions: [carrier] });
  assert.equal(parseCertificate(der).commonName, "Peer");
  assert.equal(new X509Certificate(der).subject, "CN=Hidden");
});

test("parseRevocationList() refuses critical extensions", () => {
  const critical = encodeExtension("2.5.29.28", true, Uint8Array.of(0x30, 0));
  assert.throws(() => parseRevocationList(revoke([critical])), refused);
});

test("parseRevocationList() gives times and the revoked", () => {
  const list = parseRevocationList(revoke([crlNumber(7)]));
  assert.deepEqual([...list.revoked], ["8001"]);
  assert.equal(list.thisUpdateMs, Date.UTC(2026, 0));
  assert.equal(list.nextUpdateMs, Date.UTC(2026, 1));
});

test("parsePemCertificates() refuses any text between, before and after, and any other count", () => {
  const [one, two] = [certify({}), certify({ serial: Uint8Array.of(7) })];
  const text = encodePemCertificates(one, two);
  assert.deepEqual(parsePemCertificates(text, 2).map(toHex), [toHex(one), toHex(two)]);
  for (const count of [0, 1, 3]) assert.throws(() => parsePemCertificates(text, count), refused);
  const spoiled = [
    `x${text}`,
    `\uFEFF${text}`,
    text.trimEnd(),
    `\n${text}`,
    `${text}\n`,
    `${text}\0`,
    text.replace("-----\n-----", "-----\n\n-----"),
    text.replace("-----\n-----", "----------"),
    text.replace("CERTIFICATE-----\n", "CERTIFICATE-----\r\n"),
    text.replace("\nM", "\n M"),
    text.replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE"),
  ];
  for (const other of spoiled) assert.throws(() => parsePemCertificates(other, 2), refused, other);
  assert.throws(() => parsePemCertificates("", 1), refused);
});

test("the parsers of certificates and lists throw nothing but CocoonError on changed bytes", () => {
  const samples = [certify({}), revoke([crlNumber(1)])];
  fc.assert(
    fc.property(fc.nat(1), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, flip) => {
      const bytes = Uint8Array.from(samples[which] ?? []);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      for (const parse of [parseCertificate, parseRevocationList]) {
        try {
          parse(bytes);
        } catch (error) {
          assert.ok(error instanceof CocoonError);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
