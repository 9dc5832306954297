// Which key signed a receipt. A receipt names its worker's claims by their hash alone.

import {
  type BondVouch,
  claimsHash,
  CocoonError,
  parseBundle,
  parseClaims,
  verifyReceipt,
} from "@cocoon/protocol";
import type { ProofFile } from "@cocoon/sdk";
import type { BondedKey } from "./finding.ts";

/** What a log serves of a worker: its claims, and the word of its bond, which nobody has checked yet. */
export type PublishedIdentity = {
  /** Hex. */
  readonly claimsHash: string;
  readonly claims: Uint8Array;
  readonly vouch: BondVouch | undefined;
};

export class Identities {
  readonly #bonded: BondedKey[];
  /** By claims hash, hex. That the hash fits is all that is needed: the receipt names the hash. */
  readonly #keys = new Map<string, Uint8Array>();

  constructor(bonded: readonly BondedKey[]) {
    this.#bonded = [...bonded];
  }

  knows(hash: string): boolean {
    return this.#keys.has(hash);
  }

  /**
   * Learns what a log published, and gives the bond that is said to answer for it. Throws claims_malformed, and
   * peer_misbehaved when it is of other claims than were asked for.
   */
  learnPublished({ claimsHash: hash, claims, vouch }: PublishedIdentity): BondedKey | undefined {
    if (claimsHash(claims) !== hash) {
      throw new CocoonError("peer_misbehaved", { reason: "another identity" });
    }
    const { identityKey } = parseClaims(claims);
    this.#keys.set(hash, identityKey);
    if (vouch === undefined) return undefined;
    const { bond, notAfterSeconds, signature } = vouch;
    return { bond, identity: { identityKey, notAfterSeconds, signature } };
  }

  /** A bond answers for this key; whoever calls has seen to that. */
  bind(bonded: BondedKey): void {
    this.#bonded.push(bonded);
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
