// What verifiers of all kinds of TEE give.

import type { SevTcb } from "./sev-product.ts";

/** What a genuine quote says. */
export type VerifiedQuote = {
  /** Hex. */
  readonly imageHash: string;
  readonly reportData: Uint8Array;
  /** Names the one machine that it was made on, hex. */
  readonly platformId: string;
  /** Keys of all certificates that it rests on; see keyIdOf. */
  readonly keyIds: readonly string[];
  /** When the first of collateral and certificates expires, Unix milliseconds. */
  readonly expiresAtMs: number;
  /** Where the platform stands, for a policy that has a floor for this kind of TEE. */
  readonly sevTcb?: SevTcb;
};

/** What a policy may ask of collateral after it was opened. */
export type CollateralAge = {
  readonly issuedAtMs: number;
  /** Counts the vendor's re-evaluations, where it has such a count. */
  readonly evaluationNumber: number | undefined;
  readonly expiresAtMs: number;
};

/** Collateral whose every signature and time was checked, and the way to check a quote against it. */
export type OpenedCollateral = CollateralAge & {
  verifyQuote(bytes: Uint8Array, nowMs: number): Promise<VerifiedQuote>;
};
