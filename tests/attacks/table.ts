// The attacks that this network was designed against, by number, and where each is shown to fail. SECURITY.md has the
// same table; a test holds the two together, and every title to a test that exists.

import type { ErrorCode } from "@cocoon/protocol";

export type Attack = {
  readonly number: number;
  readonly attack: string;
  /** What it is refused with; none where what stands in the way refuses nothing. */
  readonly codes: readonly ErrorCode[];
  /** Files and, in each, the beginning of a test's or suite's title. */
  readonly shown: readonly (readonly [path: string, title: string])[];
  /** What is not met, or not by software. */
  readonly left: string;
};

const evidence = "tests/attacks/evidence.test.ts";
const sealing = "tests/attacks/sealing.test.ts";
const network = "tests/attacks/network.test.ts";

export const attacks: readonly Attack[] = [
  {
    number: 1,
    attack: "a proxy reads or alters a prompt",
    codes: ["sealed_unopenable"],
    shown: [
      [sealing, "attack 1:"],
      ["tests/network/load.test.ts", "leave no prompt and no answer on the wire"],
    ],
    left: "",
  },
  {
    number: 2,
    attack: "a proxy swaps the key that is sealed to",
    codes: ["key_config_signature_invalid"],
    shown: [[sealing, "attack 2:"]],
    left: "",
  },
  {
    number: 3,
    attack: "a proxy diverts to another genuine worker",
    codes: ["claims_worker_mismatch"],
    shown: [[evidence, "attack 3:"]],
    left: "",
  },
  {
    number: 4,
    attack: "evidence is used again: later, elsewhere, in another role",
    codes: [
      "claims_expired",
      "claims_network_mismatch",
      "claims_role_mismatch",
      "report_data_mismatch",
      "claims_anchor_mismatch",
    ],
    shown: [[evidence, "attack 4:"]],
    left: "workers name no block yet, so the anchor is checked where it is named",
  },
  {
    number: 5,
    attack: "a false or debuggable TEE, an image that nobody listed",
    codes: ["profile_unknown", "chain_untrusted", "debug_enabled", "image_unknown"],
    shown: [[evidence, "attack 5:"]],
    left: "",
  },
  {
    number: 6,
    attack: "collateral of yesterday, a revocation withheld",
    codes: [
      "crl_invalid",
      "collateral_rollback",
      "collateral_expired",
      "certificate_revoked",
      "tcb_out_of_date",
    ],
    shown: [
      [evidence, "attack 6:"],
      ["tests/evidence/collateral-sources.test.ts", "the collateral client, of a source"],
      ["tests/network/lapse.test.ts", "withdraws when it lapsed"],
    ],
    left: "NVIDIA gives revocations online alone: not checked",
  },
  {
    number: 7,
    attack: "a host takes the attestation key out of its machine",
    codes: ["platform_banned", "platform_shared"],
    shown: [
      [evidence, "attack 7:"],
      [network, "attack 7:"],
      ["tests/network/ban.test.ts", "gets no prompt as soon as"],
    ],
    left: "one owner of a machine is enforced at each proxy, not across proxies; no registry says where machines stand; who reads the memory bus of a machine of theirs reads its prompts",
  },
  {
    number: 8,
    attack: "another GPU, or one out of confidential mode",
    codes: [
      "gpu_evidence_invalid",
      "gpu_nonce_mismatch",
      "gpu_firmware_mismatch",
      "gpu_measurements_unknown",
    ],
    shown: [[evidence, "attack 8:"]],
    left: "that the GPU is in the same chassis is the measured image's to see to",
  },
  {
    number: 9,
    attack: "another model, or other weights",
    codes: ["manifest_mismatch", "manifest_unknown"],
    shown: [
      [evidence, "attack 9:"],
      ["packages/protocol/src/receipt/receipt.test.ts", "matchReceipt()"],
    ],
    left: "weights behind an HTTP backend are the operator's word; no image of ours mounts weights by their hash yet",
  },
  {
    number: 10,
    attack: "a worker counts more tokens than there were",
    codes: ["receipt_mismatch"],
    shown: [[network, "attack 10:"]],
    left: "a count between the true one and the request's `tokensMax` is seen only by who asks for token ids and counts",
  },
  {
    number: 11,
    attack: "a request is sent again",
    codes: ["sealed_replayed", "sealed_expired", "recipient_unknown"],
    shown: [
      [sealing, "attack 11:"],
      ["tests/network/strangers.test.ts", "who sends the same sealed request twice"],
    ],
    left: "",
  },
  {
    number: 12,
    attack: "a stream is cut, reordered or spliced",
    codes: ["sealed_truncated", "sealed_unopenable", "sealed_trailing", "answer_mismatched"],
    shown: [[sealing, "attack 12:"]],
    left: "",
  },
  {
    number: 13,
    attack: "a worker keeps the receipt back",
    codes: ["peer_unreachable"],
    shown: [
      [
        "tests/network/bad-days.test.ts",
        "a worker that dies in the middle of a stream that can't be told again",
      ],
    ],
    left: "where another worker can tell the rest it does; else what came is lost, and nothing is charged",
  },
  {
    number: 14,
    attack: "a worker signs two receipts for one number",
    codes: [],
    shown: [
      ["packages/contracts/src/worker-bond.test.ts", "two receipts for one sequence slash"],
      ["tests/network/audit.test.ts", "slashes a worker that signed two receipts"],
    ],
    left: "only where the worker has posted a bond",
  },
  {
    number: 15,
    attack: "a client takes answers and does not pay, or pays twice with one coin",
    codes: ["credit_exhausted", "voucher_signature_invalid", "voucher_exceeds_deposit"],
    shown: [
      ["tests/network/strangers.test.ts", "who takes answers and says that they never came"],
      ["tests/network/strangers.test.ts", "can't pay with a voucher that is forged"],
    ],
    left: "one credit window",
  },
  {
    number: 16,
    attack: "a guest is put back to an old disk",
    codes: ["recipient_unknown"],
    shown: [
      [sealing, "to a worker that was restarted"],
      [
        "packages/services/src/tee/bundle.test.ts",
        "createIdentity() makes another worker each time",
      ],
    ],
    left: "keys and identity are in memory alone, so an old disk has none; the proxy sends the newest voucher again",
  },
  {
    number: 17,
    attack: "an old list of what is allowed, an endpoint that hides a change",
    codes: ["policy_stale"],
    shown: [
      [evidence, "attack 17:"],
      ["tests/chain/root.test.ts", "createPolicySource() does not go back"],
    ],
    left: "two endpoints that lie alike can make up a newer state; one can where no server proves accounts",
  },
  {
    number: 18,
    attack: "who holds governance's keys lists an image of theirs",
    codes: [],
    shown: [
      ["packages/contracts/src/root-governance.test.ts", "nothing is executed before its delay"],
      ["tests/network/pending-change.test.ts", "is announced with each answer"],
    ],
    left: "**not met**: there is no public log of images. The delay and the announcement with each answer are all that warns",
  },
  {
    number: 19,
    attack: "sizes, times and caches are watched",
    codes: [],
    shown: [
      [sealing, "attack 19:"],
      ["packages/services/src/worker/answer-pump.test.ts", "push() sends on the tick"],
    ],
    left: "made harder, not impossible; a backend's own cache has no scope",
  },
  {
    number: 20,
    attack: "garbage in place of evidence, to exhaust whoever verifies",
    codes: ["bundle_malformed"],
    shown: [
      [network, "attack 20:"],
      ["packages/devnet/src/vendor/garbage.test.ts", "cost no signature when they are noise"],
    ],
    left: "no proof of work: a stranger costs a TLS handshake",
  },
  {
    number: 21,
    attack: "one certificate is hidden in another",
    codes: ["certificate_malformed"],
    shown: [
      [evidence, "attack 21:"],
      ["packages/protocol/src/der/certificate.test.ts", "parseCertificate()"],
    ],
    left: "",
  },
  {
    number: 22,
    attack: "traffic is recorded today and decrypted later",
    codes: ["suite_too_weak"],
    shown: [[sealing, "attack 22:"]],
    left: "",
  },
];
