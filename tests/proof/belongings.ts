// Which check each part of a proof file belongs to, and what that check says when the part is another: spec 8.3.4.

import type { ErrorCode } from "@cocoon/protocol";
import type { CheckId, Verdict } from "@cocoon/sdk";

type Codes = Readonly<Partial<Record<CheckId, readonly ErrorCode[]>>>;

type Belonging = {
  /** Names of a leaf's path, joined by points; a list's items as numbers. After `=other`: another answer's, as it is. */
  readonly path: RegExp;
  /** Of each, at least one check fails, and with one of its codes; where the file's state has none of them, nothing is asked. */
  readonly must: readonly Codes[];
  /** What may fail besides, because it reads the part too. */
  readonly may?: Codes;
};

/** Codes of 2.6 to 2.9 for evidence that was altered. */
const evidenceCodes: readonly ErrorCode[] = [
  "bundle_malformed",
  "profile_unknown",
  "collateral_invalid",
  "collateral_expired",
  "collateral_mismatch",
  "certificate_malformed",
  "chain_untrusted",
  "chain_expired",
  "certificate_revoked",
  "crl_invalid",
  "quote_malformed",
  "quote_signature_invalid",
  "qe_identity_mismatch",
  "report_data_mismatch",
  "claims_malformed",
  "gpu_evidence_invalid",
  "gpu_evidence_malformed",
];

const belongings: readonly Belonging[] = [
  {
    path: /^network\.networkId$/,
    must: [
      { evidence: ["claims_network_mismatch", "profile_unknown"] },
      { checkpoint: ["checkpoint_signature_invalid"] },
    ],
  },
  { path: /^network\.root$/, must: [{ evidence: ["claims_network_mismatch"] }] },
  {
    path: /^receipt$/,
    must: [
      {
        receipt: ["receipt_malformed"],
        identity: ["receipt_signature_invalid", "receipt_mismatch"],
      },
      { promise: ["promise_invalid"] },
      { inclusion: ["inclusion_invalid"] },
    ],
    may: {
      amount: ["receipt_mismatch"],
      // Evidence is judged as of the receipt's time.
      evidence: ["claims_expired", "collateral_expired", "chain_expired", "crl_invalid"],
      times: ["receipt_mismatch", "promise_invalid", "policy_stale", "anchor_mismatch"],
      disclosure: ["receipt_mismatch"],
    },
  },
  {
    path: /^receipt=other$/,
    must: [{ promise: ["promise_invalid"] }, { inclusion: ["inclusion_invalid"] }],
    may: {
      identity: ["receipt_mismatch"],
      times: ["receipt_mismatch"],
      disclosure: ["receipt_mismatch"],
    },
  },
  {
    path: /^promise$/,
    must: [{ promise: ["promise_invalid"] }],
    may: { times: ["promise_invalid"] },
  },
  {
    path: /^bundle$/,
    must: [{ evidence: evidenceCodes }],
    may: { identity: ["receipt_mismatch", "bundle_malformed", "claims_malformed"] },
  },
  { path: /^bundle=other$/, must: [{ identity: ["receipt_mismatch"] }] },
  {
    path: /^log\.bond$/,
    must: [{ checkpoint: ["checkpoint_signature_invalid"] }, { anchor: ["anchor_mismatch"] }],
  },
  {
    path: /^log\.publicKey$/,
    must: [{ promise: ["promise_invalid"] }, { checkpoint: ["checkpoint_signature_invalid"] }],
  },
  {
    path: /^log\.proof\.leafIndex$/,
    must: [{ promise: ["promise_invalid"] }, { inclusion: ["inclusion_invalid"] }],
  },
  { path: /^log\.proof\.treeSize$/, must: [{ inclusion: ["inclusion_invalid"] }] },
  {
    path: /^log\.proof\.checkpoint$/,
    must: [
      {
        checkpoint: ["checkpoint_malformed", "checkpoint_signature_invalid"],
        witnesses: ["checkpoint_malformed", "checkpoint_signature_invalid", "cosignatures_missing"],
      },
    ],
    may: {
      inclusion: ["checkpoint_malformed", "inclusion_invalid"],
      anchor: ["checkpoint_malformed", "anchor_mismatch"],
    },
  },
  {
    path: /^log\.proof\.checkpoint=other$/,
    must: [{ inclusion: ["inclusion_invalid"] }, { anchor: ["anchor_mismatch"] }],
  },
  { path: /^log\.proof\.inclusion\./, must: [{ inclusion: ["inclusion_invalid"] }] },
  {
    path: /^log\.proof\.anchor\.(bond|treeSize|root)$/,
    must: [{ anchor: ["anchor_mismatch"] }],
  },
  { path: /^log\.proof\.anchor\.timestamp$/, must: [{ times: ["anchor_mismatch"] }] },
  { path: /^verifiedAtMs$/, must: [{ times: ["receipt_mismatch"] }] },
  { path: /^policy\.readAtMs$/, must: [{ times: ["policy_stale"] }] },
  { path: /^policy\.models\./, must: [{ policy: ["manifest_unknown"] }] },
  {
    path: /^policy\.measurements\./,
    must: [{ policy: ["image_unknown", "claims_role_mismatch", "collateral_rollback"] }],
  },
  { path: /^policy\.tcbEvaluationFloor$/, must: [{ policy: ["collateral_rollback"] }] },
  { path: /^disclosure\./, must: [{ disclosure: ["receipt_mismatch"] }] },
];

/**
 * What is wrong with a verdict about a file that is altered at these paths and nowhere else: undefined when all checks
 * that the altered parts belong to fail with their codes, and no other check does.
 */
export function misjudgement({ checks }: Verdict, paths: readonly string[]): string | undefined {
  const concerned = paths.map(belongingOf);
  const failing = checks.filter(({ status }) => status === "fails");
  const isOf = (codes: Codes) =>
    failing.some(({ id, code }) => code !== undefined && codes[id]?.includes(code) === true);
  for (const { must } of concerned) {
    const asked = must.filter((codes) => checks.some(({ id }) => codes[id] !== undefined));
    if (asked.length === 0 || !asked.every(isOf))
      return `${paths.join()} is not refused as it must be`;
  }
  const allowed = concerned.flatMap(({ must, may = {} }) => [...must, may]);
  const stray = failing.find(
    ({ id, code }) => code === undefined || !allowed.some((codes) => codes[id]?.includes(code)),
  );
  return (
    stray && `${stray.id} fails with ${stray.code}, and has nothing to do with ${paths.join()}`
  );
}

function belongingOf(path: string): Belonging {
  const plain = path.replace(/=other$/, "");
  for (const name of [path, plain]) {
    const belonging = belongings.find((each) => each.path.test(name));
    if (belonging !== undefined) return belonging;
  }
  throw new RangeError(`nothing is known of ${path}`);
}
