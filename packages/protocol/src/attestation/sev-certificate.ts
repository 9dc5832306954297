// Certificates of a platform's attestation key: "Versioned Chip Endorsement Key (VCEK) Certificate and KDS Interface
// Specification", document 57230, section 3. A VLEK is the same for a key that a cloud provider loaded.

import { textOf } from "../bytes/index.ts";
import { type Certificate, DerReader } from "../der/index.ts";
import { CocoonError } from "../errors/index.ts";
import { sevProductLines, type SevProduct, type SevTcb } from "./sev-product.ts";

/** What AMD certifies of an attestation key. */
export type SevPlatform = {
  /** Versions that the key is derived for. */
  readonly tcb: SevTcb;
  /** Of the one chip that has the key; a VLEK is not bound to one. */
  readonly chipId: Uint8Array | undefined;
};

const amdOid = "1.3.6.1.4.1.3704.1";
const oid = {
  product: `${amdOid}.2`,
  bootloader: `${amdOid}.3.1`,
  tee: `${amdOid}.3.2`,
  snp: `${amdOid}.3.3`,
  microcode: `${amdOid}.3.8`,
  fmc: `${amdOid}.3.9`,
  chipId: `${amdOid}.4`,
} as const;
const ia5StringTag = 0x16;
const octetStringTag = 0x04;

/** Reads AMD's extensions, whose values are an INTEGER each, but for the product and the chip. Throws certificate_malformed. */
export function readSevPlatform(certificate: Certificate, product: SevProduct): SevPlatform {
  const { tcbOffsets, chipIdBytes } = sevProductLines[product];
  if (!readProduct(certificate).startsWith(product)) refuse("product");
  const version = (part: keyof SevTcb) =>
    tcbOffsets[part] === undefined ? 0 : readVersion(certificate, oid[part]);
  const tcb = {
    fmc: version("fmc"),
    bootloader: version("bootloader"),
    tee: version("tee"),
    snp: version("snp"),
    microcode: version("microcode"),
  };
  return { tcb, chipId: readChipId(certificate, chipIdBytes) };
}

function refuse(reason: string): never {
  throw new CocoonError("certificate_malformed", { reason });
}

function requireExtension(certificate: Certificate, name: string): Uint8Array {
  const extension = certificate.extensions.get(name);
  if (extension === undefined) refuse("an extension is missing");
  return extension.content;
}

/** "Genoa-B1", or "Genoa" in a VLEK. */
function readProduct(certificate: Certificate): string {
  const reader = new DerReader(requireExtension(certificate, oid.product));
  const name = textOf(reader.next(ia5StringTag).content) ?? "";
  reader.end();
  return name;
}

function readVersion(certificate: Certificate, name: string): number {
  const reader = new DerReader(requireExtension(certificate, name));
  const version = reader.smallUnsigned();
  reader.end();
  if (version > 255) refuse("version");
  return version;
}

/** AMD writes the id without a tag; with one is understood as well. */
function readChipId(certificate: Certificate, sizeBytes: number): Uint8Array | undefined {
  const content = certificate.extensions.get(oid.chipId)?.content;
  if (content === undefined || content.length === sizeBytes) return content;
  const reader = new DerReader(content);
  const id = reader.next(octetStringTag).content;
  reader.end();
  if (id.length !== sizeBytes) refuse("chip id");
  return id;
}
