import {
  admit,
  type AttestedWorker,
  type GenuineEvidence,
  requireCurrentCollateral,
  type VerifyOptions,
} from "./attested-worker.ts";
import { parseBundle } from "./bundle.ts";
import { claimsHash, parseClaims } from "./claims.ts";
import { openCollateral } from "./collateral.ts";
import { requireFreshPolicy } from "./policy.ts";
import { findProfile } from "./profile.ts";
import { verifyTdxQuote } from "./tdx.ts";

/**
 * Verifies an evidence bundle, by the order of checks in spec section 2.6; each has its own code. It needs
 * no network, and does the same in Node and in a browser. About 4 ms of CPU, of which an evidence cache saves nearly all.
 */
export async function verifyBundle(
  bundle: Uint8Array,
  options: VerifyOptions,
): Promise<AttestedWorker> {
  return admit(await authenticate(bundle, options), options);
}

/** Checks 1 to 5: all that costs signatures. */
export async function authenticate(
  bytes: Uint8Array,
  options: VerifyOptions,
): Promise<GenuineEvidence> {
  const { policy, profiles, nowMs, open = openCollateral } = options;
  requireFreshPolicy(policy, nowMs);
  const bundle = parseBundle(bytes);
  const claims = parseClaims(bundle.claims);
  const profile = findProfile(profiles, bundle.teeType, policy.networkId);
  const collateral = await open(bundle.collateral, profile, nowMs);
  requireCurrentCollateral(collateral, policy, nowMs);
  const quote = await verifyTdxQuote(bundle.quote, collateral, profile, nowMs);
  const { issuedAtMs, evaluationNumber, expiresAtMs } = collateral;
  return {
    claims,
    claimsBytes: bundle.claims.slice(),
    claimsHash: claimsHash(bundle.claims),
    profile,
    quote,
    collateral: { issuedAtMs, evaluationNumber, expiresAtMs },
    expiresAtMs: Math.min(claims.notAfterMs, quote.expiresAtMs),
  };
}
