// The simulated vendor's certificates: root, authority for platforms, signer of TCB info, and one platform.
// Names below the root are the real ones, because the verifier asks for them and there is one verifier.

import { basicConstraints, encodePemCertificates, keyUsage } from "@cocoon/protocol";
import { type Authority, certify, nameOf } from "./certify.ts";
import { encodeSgxExtension } from "./platform.ts";
import { importSimulatedRoot, simulatedRootName } from "./root.ts";
import { createVendorKey, type VendorKey } from "./vendor-key.ts";

/** Fills bytes that nobody guesses; a test may pass one that repeats. */
export type Random = (sizeBytes: number) => Uint8Array;

export type Authorities = {
  readonly root: Authority;
  readonly platformAuthority: Authority;
  readonly tcbSigner: VendorKey;
  readonly platformKey: VendorKey;
  /** 16 bytes. */
  readonly ppid: Uint8Array;
  readonly platformSerial: Uint8Array;
  readonly platformAuthoritySerial: Uint8Array;
  /** PEM, signer first: platform with all above it, platform authority with root, TCB signer with root. */
  readonly platformChain: string;
  readonly authorityChain: string;
  readonly tcbChain: string;
};

const dayMs = 86_400_000;
/** The root is the same at all times and on all machines. */
const rootNotBeforeMs = Date.UTC(2020, 0);
const rootNotAfterMs = Date.UTC(2049, 11, 31);

/** Makes new keys for all but the root, and certificates that are valid from the day before `nowMs` for ten years. */
export async function createAuthorities(nowMs: number, random: Random): Promise<Authorities> {
  const root = { name: nameOf(simulatedRootName), key: await importSimulatedRoot() };
  const platformAuthority = {
    name: nameOf("Intel SGX PCK Platform CA"),
    key: await createVendorKey(),
  };
  const [tcbSigner, platformKey] = [await createVendorKey(), await createVendorKey()];
  const [platformSerial, platformAuthoritySerial] = [random(16), random(16)];
  const ppid = random(16);
  const validity = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + 3_650 * dayMs };
  const authorityUsage = keyUsage("keyCertSign", "crlSign");
  const leafExtensions = [basicConstraints(false), keyUsage("digitalSignature")];
  const rootDer = await certify(root, {
    ...root,
    serial: Uint8Array.of(1),
    notBeforeMs: rootNotBeforeMs,
    notAfterMs: rootNotAfterMs,
    extensions: [basicConstraints(true, 1), authorityUsage],
  });
  const authorityDer = await certify(root, {
    ...platformAuthority,
    ...validity,
    serial: platformAuthoritySerial,
    extensions: [basicConstraints(true, 0), authorityUsage],
  });
  const tcbDer = await certify(root, {
    ...validity,
    name: nameOf("Intel SGX TCB Signing"),
    key: tcbSigner,
    serial: random(16),
    extensions: leafExtensions,
  });
  const platformDer = await certify(platformAuthority, {
    ...validity,
    name: nameOf("Intel SGX PCK Certificate"),
    key: platformKey,
    serial: platformSerial,
    extensions: [...leafExtensions, encodeSgxExtension(ppid)],
  });
  return {
    root,
    platformAuthority,
    tcbSigner,
    platformKey,
    ppid,
    platformSerial,
    platformAuthoritySerial,
    platformChain: encodePemCertificates(platformDer, authorityDer, rootDer),
    authorityChain: encodePemCertificates(authorityDer, rootDer),
    tcbChain: encodePemCertificates(tcbDer, rootDer),
  };
}
