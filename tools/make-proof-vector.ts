// Writes vectors/proof.json. Run by hand when the format changes; ECDSA is randomized, so every run writes other
// evidence: node --import tsx --conditions=source tools/make-proof-vector.ts && npx oxfmt vectors/proof.json

import { toBase64, toHex, utf8 } from "@cocoon/protocol";
import { buildProofFile, disclose } from "@cocoon/sdk";
import { writeFileSync } from "node:fs";
import {
  anchorOf,
  content,
  createAnswers,
  createLog,
  otherLogKey,
  place,
  salt,
  secondIndex,
  withProof,
} from "../tests/proof/answers.ts";

const { first, second, log, receipts } = await createAnswers();
const disclosure = disclose(salt, content, ["answer"]);
const proof = buildProofFile({ ...withProof(first, log, anchorOf(log)), disclosure });
const anchor = ["log", "proof", "anchor"];
const seconds = place.nowMs / 1_000;
const hourMs = 3_600_000;

/** Another value at one place of the proof, and what a verifier then says. */
type Edit = {
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
} & ({ readonly fails: Readonly<Record<string, string>> } | { readonly error: "proof_malformed" });

const edits: readonly Edit[] = [
  { name: "as it is", path: ["verifiedAtMs"], value: first.verifiedAtMs, fails: {} },
  {
    name: "another answer's receipt",
    path: ["receipt"],
    value: toBase64(second.receipt),
    fails: {
      identity: "receipt_mismatch",
      promise: "promise_invalid",
      inclusion: "inclusion_invalid",
    },
  },
  {
    name: "a receipt of zeros",
    path: ["receipt"],
    value: toBase64(new Uint8Array(385)),
    fails: {
      receipt: "receipt_malformed",
      promise: "promise_invalid",
      inclusion: "inclusion_invalid",
    },
  },
  {
    name: "one nanoton more for the work",
    path: ["receipt"],
    value: toBase64(first.receipt.with(195, (first.receipt[195] ?? 0) + 1)),
    fails: {
      amount: "receipt_mismatch",
      identity: "receipt_signature_invalid",
      promise: "promise_invalid",
      inclusion: "inclusion_invalid",
    },
  },
  {
    name: "another worker's evidence",
    path: ["bundle"],
    value: toBase64(second.bundle),
    fails: { identity: "receipt_mismatch" },
  },
  {
    name: "another answer's promise",
    path: ["promise"],
    value: toBase64(second.promise),
    fails: { promise: "promise_invalid" },
  },
  {
    name: "another root contract",
    path: ["network", "root"],
    value: place.bond,
    fails: { evidence: "claims_network_mismatch" },
  },
  {
    name: "mainnet, where nothing is simulated",
    path: ["network", "networkId"],
    value: -239,
    fails: { evidence: "profile_unknown", checkpoint: "checkpoint_signature_invalid" },
  },
  {
    name: "an image that is not listed",
    path: ["policy", "measurements"],
    value: [],
    fails: { policy: "image_unknown" },
  },
  {
    name: "an image for another role",
    path: ["policy", "measurements", 0, "role"],
    value: "proxy",
    fails: { policy: "claims_role_mismatch" },
  },
  {
    name: "a model that is not listed",
    path: ["policy", "models"],
    value: [],
    fails: { policy: "manifest_unknown" },
  },
  {
    name: "collateral below the floor",
    path: ["policy", "tcbEvaluationFloor"],
    value: place.policy.tcbEvaluationFloor + 1,
    fails: { policy: "collateral_rollback" },
  },
  {
    name: "lists read after the answer",
    path: ["policy", "readAtMs"],
    value: place.nowMs + 2 * hourMs,
    fails: { times: "policy_stale" },
  },
  {
    name: "accepted before it was given",
    path: ["verifiedAtMs"],
    value: place.nowMs - 2 * hourMs,
    fails: { times: "receipt_mismatch" },
  },
  {
    name: "another log key",
    path: ["log", "publicKey"],
    value: toHex(otherLogKey.publicKey),
    fails: { promise: "promise_invalid", checkpoint: "checkpoint_signature_invalid" },
  },
  {
    name: "another bond",
    path: ["log", "bond"],
    value: place.root,
    fails: { checkpoint: "checkpoint_signature_invalid", anchor: "anchor_mismatch" },
  },
  {
    name: "another leaf",
    path: ["log", "proof", "leafIndex"],
    value: secondIndex,
    fails: { promise: "promise_invalid", inclusion: "inclusion_invalid" },
  },
  {
    name: "another leaf's path",
    path: ["log", "proof", "inclusion"],
    value: log.proof(secondIndex).inclusion,
    fails: { inclusion: "inclusion_invalid" },
  },
  {
    name: "another size than the checkpoint's",
    path: ["log", "proof", "treeSize"],
    value: 8,
    fails: { inclusion: "inclusion_invalid" },
  },
  {
    name: "an earlier checkpoint",
    path: ["log", "proof", "checkpoint"],
    value: createLog(place, receipts.slice(0, 6)).checkpoint,
    fails: { inclusion: "inclusion_invalid", anchor: "anchor_mismatch" },
  },
  {
    name: "a checkpoint that another key signed",
    path: ["log", "proof", "checkpoint"],
    value: createLog(place, receipts, otherLogKey).checkpoint,
    fails: { checkpoint: "checkpoint_signature_invalid" },
  },
  {
    name: "a checkpoint that is none",
    path: ["log", "proof", "checkpoint"],
    value: "",
    fails: {
      checkpoint: "checkpoint_malformed",
      inclusion: "checkpoint_malformed",
      anchor: "checkpoint_malformed",
    },
  },
  {
    name: "an anchor of another bond",
    path: [...anchor, "bond"],
    value: place.root,
    fails: { anchor: "anchor_mismatch" },
  },
  {
    name: "an anchor of another size",
    path: [...anchor, "treeSize"],
    value: 6,
    fails: { anchor: "anchor_mismatch" },
  },
  {
    name: "an anchor of another root",
    path: [...anchor, "root"],
    value: "00".repeat(32),
    fails: { anchor: "anchor_mismatch" },
  },
  {
    name: "an anchor from before the answer",
    path: [...anchor, "timestamp"],
    value: seconds - 3_700,
    fails: { times: "anchor_mismatch" },
  },
  {
    name: "another text opened",
    path: ["disclosure", "fields", 0, "value"],
    value: toBase64(utf8("{}")),
    fails: { disclosure: "receipt_mismatch" },
  },
  {
    name: "another field opened",
    path: ["disclosure", "fields", 0, "name"],
    value: "request",
    fails: { disclosure: "receipt_mismatch" },
  },
  { name: "another format", path: ["format"], value: "cocoon-proof/2", error: "proof_malformed" },
  { name: "a field too many", path: ["more"], value: 1, error: "proof_malformed" },
  {
    name: "upper-case hexadecimal",
    path: [...anchor, "root"],
    value: anchorOf(log).root.toUpperCase(),
    error: "proof_malformed",
  },
  { name: "an amount for a time", path: ["verifiedAtMs"], value: "1", error: "proof_malformed" },
  { name: "nothing opened", path: ["disclosure", "fields"], value: [], error: "proof_malformed" },
];

const vector = {
  about:
    "Spec chapter 8: a proof file, and what a verifier with the simulated profile and without a chain says of it at nowMs. An edit puts another value at one place; fails names the checks that fail, with their codes, and the proof holds when there are none.",
  nowMs: place.nowMs + 5_000,
  request: toHex(first.receipt.subarray(4, 20)),
  amountNanotons: "17737",
  state: "anchored",
  proof: JSON.parse(proof) as unknown,
  edits,
};

writeFileSync(
  new URL("../vectors/proof.json", import.meta.url),
  `${JSON.stringify(vector, undefined, 2)}\n`,
);
