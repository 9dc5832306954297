// The table of TEEs that protect a whole guest: how each opens its vendor's collateral. A new kind is a row here and one
// in the profile's particulars.

import type { OpenedCollateral } from "./evidence.ts";
import type { GuestKind, TrustProfile } from "./profile.ts";
import { openSevCollateral } from "./sev-collateral.ts";
import { verifySevReport } from "./sev.ts";
import { openTdxCollateral } from "./tdx-collateral.ts";
import { verifyTdxQuote } from "./tdx.ts";

type Opener<Kind extends GuestKind> = (
  text: string,
  profile: TrustProfile<Kind>,
  nowMs: number,
) => Promise<OpenedCollateral>;

const openers: { readonly [Kind in GuestKind]: Opener<Kind> } = {
  tdx: async (text, profile, nowMs) => {
    const collateral = await openTdxCollateral(text, profile, nowMs);
    const { issuedAtMs, evaluationNumber, expiresAtMs } = collateral;
    return {
      issuedAtMs,
      evaluationNumber,
      expiresAtMs,
      verifyQuote: (bytes, atMs) => verifyTdxQuote(bytes, collateral, profile, atMs),
    };
  },
  "sev-snp": async (text, profile, nowMs) => {
    const collateral = await openSevCollateral(text, profile, nowMs);
    const { issuedAtMs, expiresAtMs } = collateral;
    return {
      issuedAtMs,
      evaluationNumber: undefined,
      expiresAtMs,
      verifyQuote: (bytes) => verifySevReport(bytes, collateral, profile),
    };
  },
};

/** Kinds of TEE that the table has. */
// oxlint-disable-next-line no-unsafe-type-assertion -- the type has no other keys
export const guestKinds = Object.keys(openers) as readonly GuestKind[];

/**
 * Checks all of the collateral that does not depend on a quote, which is most of the work: a caller may keep the
 * result until `expiresAtMs`. Throws collateral_invalid, collateral_expired, certificate_malformed, chain_untrusted,
 * chain_expired, crl_invalid or certificate_revoked.
 */
export function openCollateral<Kind extends GuestKind>(
  text: string,
  profile: TrustProfile<Kind>,
  nowMs: number,
): Promise<OpenedCollateral> {
  const open: Opener<Kind> = openers[profile.kind];
  return open(text, profile, nowMs);
}
