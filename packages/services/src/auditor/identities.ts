// Which key signed a receipt. A receipt names its worker's claims by their hash alone.

import { claimsHash, CocoonError, parseBundle, parseClaims, verifyReceipt } from "@cocoon/protocol";
import type { ProofFile } from "@cocoon/sdk";
import type { BondedKey } from "./finding.ts";

export class Identities {
  readonly #bonded: readonly BondedKey[];
  /** By claims hash, hex. That the hash fits is all that is needed: the receipt names the hash. */
  readonly #keys = new Map<string, Uint8Array>();

  constructor(bonded: readonly BondedKey[]) {
    this.#bonded = bonded;
  }

  /** Learns the key of the worker that a proof is about. Throws bundle_malformed and claims_malformed. */
  learn({ bundle }: Pick<ProofFile, "bundle">): void {
    const { claims } = parseBundle(bundle);
    this.#keys.set(claimsHash(claims), parseClaims(claims).identityKey);
  }

  /** Whether one known key signed both. */
  haveOneSigner(first: Uint8Array, second: Uint8Array): boolean {
    const keys = [
      ...this.#keys.values(),
      ...this.#bonded.map(({ identity }) => identity.identityKey),
    ];
    return keys.some((key) => isSignedBy(key, first) && isSignedBy(key, second));
  }

  /** The bond that answers for the signer of both. */
  bondedSigner(first: Uint8Array, second: Uint8Array): BondedKey | undefined {
    return this.#bonded.find(
      ({ identity: { identityKey } }) =>
        isSignedBy(identityKey, first) && isSignedBy(identityKey, second),
    );
  }
}

/** A wrong sum is signed all the same. */
function isSignedBy(identityKey: Uint8Array, receipt: Uint8Array): boolean {
  try {
    verifyReceipt(receipt, identityKey);
    return true;
  } catch (error) {
    if (error instanceof CocoonError) return error.code === "receipt_mismatch";
    throw error;
  }
}
