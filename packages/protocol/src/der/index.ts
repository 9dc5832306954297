export {
  type Certificate,
  type CertifiedKey,
  type KeyUsage,
  parseCertificate,
} from "./certificate.ts";
export {
  authorityKeyIdentifier,
  basicConstraints,
  type CertificateFields,
  crlNumber,
  encodeCertificateBody,
  encodeEcdsaSignature,
  encodeEd25519PublicKey,
  encodeExtension,
  encodeName,
  encodeP256PublicKey,
  encodeP384PublicKey,
  encodeRsaPublicKey,
  encodeRevocationListBody,
  keyUsage,
  type NameAttributes,
  type RevocationListFields,
  signatureAlgorithm,
  signedDer,
  subjectKeyIdentifier,
} from "./certificate-writer.ts";
export { type Extension, type Extensions } from "./extension.ts";
export { encodePemCertificates, parsePemCertificates } from "./pem.ts";
export { type DerElement, DerReader, derTag, openSequence } from "./reader.ts";
export { parseRevocationList, type RevocationList } from "./revocation-list.ts";
export { type SignedBody } from "./signed-body.ts";
export {
  derBitString,
  derBoolean,
  derElement,
  derEnumerated,
  derExplicit,
  derGeneralizedTime,
  derIa5String,
  derImplicit,
  derInteger,
  derNamedBits,
  derNull,
  derOctetString,
  derOid,
  derPrintableString,
  derSequence,
  derSet,
  derTime,
  derUtcTime,
  derUtf8String,
} from "./writer.ts";
