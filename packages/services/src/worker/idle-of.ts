// From a refusal's code to the reason that a worker's owner is told.

import type { ErrorCode, IdleCode } from "@cocoon/protocol";

/** What a worker finds out by itself, before or while it serves. */
const ownReasons: Partial<Readonly<Record<ErrorCode, IdleCode>>> = {
  engine_unavailable: "no_engine",
  weights_unavailable: "no_engine",
  weights_corrupt: "no_engine",
  usage_missing: "engine_without_usage",
  engine_failed: "engine_failed",
  request_malformed: "engine_failed",
  model_unknown: "model_not_allowed",
  manifest_unknown: "model_not_allowed",
  manifest_mismatch: "model_not_allowed",
  chain_unavailable: "chain_unreachable",
  network_mismatch: "chain_unreachable",
  contract_unexpected: "chain_unreachable",
  policy_stale: "chain_unreachable",
  bond_insufficient: "no_bond",
  transaction_failed: "wallet_empty",
  price_above_cap: "price_too_high",
};

/** What a proxy says of fresh evidence that the worker itself has just verified: the two clocks disagree. */
const clockCodes: ReadonlySet<ErrorCode> = new Set([
  "claims_expired",
  "key_config_expired",
  "collateral_expired",
  "chain_expired",
  "crl_invalid",
]);

/** Chapter 2 of the specification, by the nouns that its refusals begin with. */
const evidenceCodes =
  /^(?:attributes|bundle|certificate|chain_untrusted|claims|collateral|debug|gpu|image|platform|profile|qe|quote|report|statement|tcb|tdx)/;

/** Why a worker cannot serve, of what it failed of itself. */
export function ownIdleCode(code: ErrorCode): IdleCode {
  return ownReasons[code] ?? "evidence_lapsed";
}

/** Why a proxy does not offer a worker that reached it. */
export function refusalIdleCode(code: ErrorCode): IdleCode {
  if (clockCodes.has(code)) return "clock_wrong";
  if (code === "bond_insufficient") return "no_bond";
  if (code === "price_above_cap") return "price_too_high";
  if (code === "model_unknown" || code === "manifest_unknown") return "model_not_allowed";
  return evidenceCodes.test(code) ? "evidence_refused" : "proxy_refused";
}

/** Why a proxy could not be reached. */
export function dialIdleCode(code: ErrorCode): IdleCode {
  if (code === "bond_insufficient") return "proxy_unbonded";
  if (ownReasons[code] === "chain_unreachable") return "chain_unreachable";
  return "proxy_unreachable";
}
