import assert from "node:assert/strict";
import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { toHex } from "../bytes/index.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  crlNumber,
  encodeCertificateBody,
  encodeEcdsaSignature,
  encodeEd25519PublicKey,
  encodeExtension,
  encodeName,
  encodeP256PublicKey,
  encodeRevocationListBody,
  keyUsage,
  signatureAlgorithm,
  signedDer,
  subjectKeyIdentifier,
} from "./certificate-writer.ts";

const validity = { notBeforeMs: Date.UTC(2026, 0), notAfterMs: Date.UTC(2051, 5) };

test("encodeCertificateBody() and signedDer() give a self-signed Ed25519 certificate that OpenSSL accepts", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const algorithm = signatureAlgorithm.ed25519;
  const name = { organization: "Cocoon", commonName: "ünit" };
  const body = encodeCertificateBody({
    serial: Uint8Array.of(0x80, 1),
    algorithm,
    issuer: name,
    subject: name,
    ...validity,
    publicKeyInfo: encodeEd25519PublicKey(raw),
    extensions: [basicConstraints(false), keyUsage("digitalSignature")],
  });
  const certificate = new X509Certificate(signedDer(body, algorithm, sign(null, body, privateKey)));
  assert.equal(certificate.subject, "O=Cocoon\nCN=ünit");
  assert.equal(certificate.serialNumber, "8001");
  assert.equal(certificate.ca, false);
  assert.equal(certificate.validTo, "Jun  1 00:00:00 2051 GMT");
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.checkPrivateKey(privateKey));
});

test("a P-256 authority and its leaf verify as a chain, unknown extensions included", () => {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = signatureAlgorithm.ecdsaP256Sha256;
  const certify = (subject: string, key: typeof leaf, extensions: Uint8Array[]) => {
    const body = encodeCertificateBody({
      serial: Uint8Array.of(1),
      algorithm,
      issuer: { commonName: "Root", country: "CH" },
      subject: { commonName: subject, country: "CH" },
      ...validity,
      publicKeyInfo: encodeP256PublicKey(
        key.publicKey.export({ format: "der", type: "spki" }).subarray(-65),
      ),
      extensions,
    });
    const options = { key: authority.privateKey, dsaEncoding: "ieee-p1363" } as const;
    const signature = encodeEcdsaSignature(sign("sha256", body, options));
    return new X509Certificate(signedDer(body, algorithm, signature));
  };
  const identifier = Uint8Array.of(1, 2, 3);
  const root = certify("Root", authority, [
    basicConstraints(true, 1),
    keyUsage("keyCertSign", "crlSign"),
    subjectKeyIdentifier(identifier),
  ]);
  const child = certify("Leaf", leaf, [
    authorityKeyIdentifier(identifier),
    encodeExtension("1.2.840.113741.1.13.1", false, Uint8Array.of(0x30, 0)),
  ]);
  assert.ok(root.ca);
  assert.ok(root.verify(root.publicKey));
  assert.ok(child.checkIssued(root));
  assert.ok(child.verify(root.publicKey));
  assert.ok(!child.verify(child.publicKey));
});

test("encodeRevocationListBody() writes version 2 and leaves out an empty list of the revoked", () => {
  const fields = {
    algorithm: signatureAlgorithm.ed25519,
    issuer: { commonName: "R" },
    thisUpdateMs: 0,
    nextUpdateMs: 1_000,
    revoked: [],
    extensions: [],
  };
  const head = "020101300506032b6570300c310a300806035504030c0152";
  const times = "170d3730303130313030303030305a170d3730303130313030303030315a";
  assert.equal(toHex(encodeRevocationListBody(fields)), `3036${head}${times}`);
  const full = encodeRevocationListBody({
    ...fields,
    revoked: [{ serial: Uint8Array.of(0x90), revokedAtMs: 0 }],
    extensions: [crlNumber(5)],
  });
  const entry = "30153013020200 90170d3730303130313030303030305a".replace(" ", "");
  const number = "a00e300c300a0603551d140403020105";
  assert.equal(toHex(full), `305d${head}${times}${entry}${number}`);
});

test("encodeName() keeps the order of attributes", () => {
  assert.notDeepEqual(
    encodeName({ country: "CH", commonName: "a" }),
    encodeName({ commonName: "a", country: "CH" }),
  );
});
