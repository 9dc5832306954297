// The simulated AMD vendor's certificates: root, authority for keys of platforms, and one platform's key. Names below the
// root are the real ones, because the verifier asks for them and there is one verifier.

import {
  basicConstraints,
  derElement,
  derInteger,
  encodeExtension,
  encodePemCertificates,
  encodeSevCollateral,
  keyUsage,
  type SevTcb,
  toHex,
  utf8,
} from "@cocoon/protocol";
import type { Random } from "./authorities.ts";
import { type Authority, certify, nameOf, signRevocationList } from "./certify.ts";
import { createRsaKey } from "./rsa-key.ts";
import {
  importSimulatedSevRoot,
  simulatedSevRootName,
  type SimulatedSevProduct,
} from "./sev-root.ts";
import { createVendorKey, type VendorKey } from "./vendor-key.ts";

/** Which of AMD's two kinds of key signs: one of the chip, or one that a cloud provider loaded. */
export type SevSigner = "SEV-VCEK" | "SEV-VLEK";

/** Keys and certificates of one simulated machine. */
export type SevAuthorities = {
  readonly product: SimulatedSevProduct;
  readonly root: Authority;
  readonly authoritySerial: Uint8Array;
  /** As long as the product line's ids are. */
  readonly chipId: Uint8Array;
  readonly tcb: SevTcb;
  /** P-384. */
  readonly platformKey: VendorKey;
  /** PEM: a key of this kind, its authority, the root. */
  readonly chains: Readonly<Record<SevSigner, string>>;
};

/** Makes collateral that a verifier must refuse; a field left out is as it should be. Times in Unix milliseconds. */
export type SevCollateralOptions = {
  readonly signer?: SevSigner;
  /** Of the revocation list. Default: an hour ago, and in 30 days. */
  readonly issuedAtMs?: number;
  readonly expiresAtMs?: number;
  /** Whether the list revokes the authority. */
  readonly revoked?: boolean;
};

/** Versions that the simulated machines have. */
export const simulatedSevTcb: SevTcb = { fmc: 0, bootloader: 9, tee: 1, snp: 23, microcode: 84 };

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** The root is the same at all times and on all machines. */
const rootNotBeforeMs = Date.UTC(2020, 0);
const rootNotAfterMs = Date.UTC(2049, 11, 31);
const chipIdBytes = { Genoa: 64, Turin: 8 } as const;
const ia5StringTag = 0x16;

/** AMD's extensions of a key's certificate: as readSevPlatform of the protocol reads them. */
export function platformExtensions(
  product: SimulatedSevProduct,
  tcb: SevTcb,
  chipId: Uint8Array | undefined,
): Uint8Array[] {
  const extension = (name: string, value: Uint8Array) =>
    encodeExtension(`1.3.6.1.4.1.3704.1.${name}`, false, value);
  return [
    extension("2", derElement(ia5StringTag, utf8(product))),
    extension("3.1", derInteger(tcb.bootloader)),
    extension("3.2", derInteger(tcb.tee)),
    extension("3.3", derInteger(tcb.snp)),
    extension("3.8", derInteger(tcb.microcode)),
    ...(product === "Turin" ? [extension("3.9", derInteger(tcb.fmc))] : []),
    ...(chipId === undefined ? [] : [extension("4", chipId)]),
  ];
}

/** Makes new keys for all but the root, and certificates that are valid from the day before `nowMs` for seven years. */
export async function createSevAuthorities(
  product: SimulatedSevProduct,
  nowMs: number,
  random: Random,
): Promise<SevAuthorities> {
  const root = { name: nameOf(simulatedSevRootName), key: await importSimulatedSevRoot() };
  const authorityKey = await createRsaKey();
  const platformKey = await createVendorKey("P-384");
  const [authoritySerial, chipId] = [random(16), random(chipIdBytes[product])];
  const validity = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + 2_555 * dayMs };
  const rootDer = await certify(root, {
    ...root,
    serial: Uint8Array.of(1),
    notBeforeMs: rootNotBeforeMs,
    notAfterMs: rootNotAfterMs,
    extensions: [keyUsage("keyCertSign", "crlSign"), basicConstraints(true)],
  });
  const chainOf = async (signer: SevSigner) => {
    const prefix = signer === "SEV-VLEK" ? "SEV-VLEK-" : "SEV-";
    const authority = { name: nameOf(`${prefix}${product}`), key: authorityKey };
    const authorityDer = await certify(root, {
      ...authority,
      ...validity,
      serial: authoritySerial,
      extensions: [basicConstraints(true, 0), keyUsage("keyCertSign")],
    });
    const certifiedId = signer === "SEV-VCEK" ? chipId : undefined;
    const platformDer = await certify(authority, {
      ...validity,
      name: nameOf(signer),
      key: platformKey,
      serial: Uint8Array.of(0),
      extensions: platformExtensions(product, simulatedSevTcb, certifiedId),
    });
    return encodePemCertificates(platformDer, authorityDer, rootDer);
  };
  const chains = { "SEV-VCEK": await chainOf("SEV-VCEK"), "SEV-VLEK": await chainOf("SEV-VLEK") };
  return { product, root, authoritySerial, chipId, tcb: simulatedSevTcb, platformKey, chains };
}

/** Collateral in the form that a bundle carries. */
export async function createSevCollateral(
  { root, authoritySerial, chains }: SevAuthorities,
  nowMs: number,
  options: SevCollateralOptions,
): Promise<string> {
  const { signer = "SEV-VCEK", issuedAtMs = nowMs - hourMs } = options;
  const { expiresAtMs = nowMs + 30 * dayMs } = options;
  const revoked = options.revoked === true ? [authoritySerial] : [];
  const list = await signRevocationList(root, { issuedAtMs, expiresAtMs }, revoked);
  return encodeSevCollateral({ chain: chains[signer], crl: toHex(list) });
}
