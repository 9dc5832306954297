// What a check found, in English. A page says the same in other languages, by these names.

/** `{…}`: public facts, filled in as they are. */
export const details = {
  network: "network {networkId}, root contract {root}",
  receipt: "request {request}, {finishReason}",
  amount: "{total} nanotons: {work} for the work, {fee} fee",
  evidence: "tier {tier}, by the profile {profile}",
  evidenceOpen:
    "tier {tier}, by the profile {profile}: nobody vouches for the machine. {statement}",
  evidenceSimulated:
    "SIMULATED, tier {tier}, by the profile {profile}: no hardware stands behind it, anybody could make it, and it protects nothing",
  identity: "worker {worker}",
  policy: "image {image}, model {model}, in a copy of revision {revision}",
  policyWithoutImage: "no image, model {model}, in a copy of revision {revision}",
  policyOnChain: "revision {revision} of the root contract",
  policyRemoved: "revision {revision} of the root contract; removed later",
  promise: "index {index}",
  checkpoint: "{origin}, {size} receipts",
  witnesses: "{count} of {all}: {names}",
  inclusion: "receipt {index} of {size}",
  anchor: "transaction {transaction}",
  times: "{startedAt}, {duration} ms",
  disclosure: "{names}",
  logProven: "{phase} with {bond} nanotons, {url}, proven",
  logBelieved: "{phase} with {bond} nanotons, {url}, by the endpoint's word",
  anchorProven: "{at}, proven, anchor {count} of {newest}",
  anchorBelieved: "{at}, by the endpoint's word, anchor {count} of {newest}",
  // not checked, and why
  noEndpoint: "not checked: no TON endpoint was given",
  chainAway: "not checked: the chain cannot be reached",
  otherNetwork: "not checked: the TON endpoint is of another network",
  revisionUnkept: "not checked: the endpoint does not keep the root contract back to that revision",
  historyUnkept:
    "not checked: the endpoint does not keep the bond contract's history back to the anchor",
  bondWithdrawn: "not checked: the bond was withdrawn and names no key",
  bondOtherKey: "not checked: the bond names another key now",
  notCovered: "not checked: no checkpoint covers the receipt yet",
  receiptUnread: "not checked: the receipt cannot be read",
  evidenceFails: "not checked: the evidence does not hold",
} as const satisfies Readonly<Record<string, string>>;

export type DetailName = keyof typeof details;

/** A detail in its language, with its facts. */
export function fillDetail(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
