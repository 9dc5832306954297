import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createSigningKey,
  hashLeaf,
  hashNode,
  type LogProof,
  logOrigin,
  signCheckpoint,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { createCheckpointVerifier, receiptState, verifyLogProof } from "./index.ts";

const key = createSigningKey(new Uint8Array(32).fill(0x4c));
const bond = `0:${"b0".repeat(32)}`;
const log = { networkId: -7_239, bond, publicKey: key.publicKey };
const [receipt, other] = [utf8("receipt"), utf8("other")];
const root = hashNode(hashLeaf(other), hashLeaf(receipt));
const origin = logOrigin(log.networkId, bond);
const included: LogProof = {
  leafIndex: 1,
  checkpoint: signCheckpoint(key, { origin, size: 2, root }),
  treeSize: 2,
  inclusion: [toHex(hashLeaf(other))],
};
const anchor = {
  bond,
  treeSize: 2,
  root: toHex(root),
  transaction: "7a".repeat(32),
  lt: "1",
  timestamp: 1,
};
const anchored: LogProof = { ...included, anchor };

function refuses(changes: Partial<LogProof>, code: string, of = log): void {
  assert.throws(() => verifyLogProof(receipt, { ...anchored, ...changes }, of), { code });
}

test("verifyLogProof() refuses another receipt, place, path and tree", () => {
  assert.throws(() => verifyLogProof(other, anchored, log), { code: "inclusion_invalid" });
  refuses({ leafIndex: 0 }, "inclusion_invalid");
  refuses({ leafIndex: 2 }, "inclusion_invalid");
  refuses({ treeSize: 3 }, "inclusion_invalid");
  refuses({ inclusion: [] }, "inclusion_invalid");
  refuses({ inclusion: ["no hash"] }, "inclusion_invalid");
  refuses({ inclusion: [toHex(hashLeaf(receipt))] }, "inclusion_invalid");
});

test("verifyLogProof() refuses checkpoints of another log, key, bond and network", () => {
  const stranger = createSigningKey(new Uint8Array(32).fill(0x4d));
  const checkpoint = signCheckpoint(stranger, { origin, size: 2, root });
  refuses({ checkpoint: "" }, "checkpoint_malformed");
  refuses({ checkpoint }, "checkpoint_signature_invalid");
  const invalid = "checkpoint_signature_invalid";
  refuses({}, invalid, { ...log, publicKey: stranger.publicKey });
  refuses({}, invalid, { ...log, networkId: -3 });
  refuses({}, invalid, { ...log, bond: `-1:${"b0".repeat(32)}` });
});

test("verifyLogProof() refuses an anchor of another bond, size or root", () => {
  const elsewhere = `0:${"0b".repeat(32)}`;
  refuses({ anchor: { ...anchor, bond: elsewhere } }, "anchor_mismatch");
  refuses({ anchor: { ...anchor, treeSize: 1 } }, "anchor_mismatch");
  refuses({ anchor: { ...anchor, root: "00".repeat(32) } }, "anchor_mismatch");
});

test("verifyLogProof() and receiptState() tell how far a proof goes", () => {
  assert.equal(verifyLogProof(receipt, included, log), "included");
  assert.equal(verifyLogProof(receipt, anchored, log), "anchored");
  const states = [undefined, included, anchored].map((proof) => receiptState(proof));
  assert.deepEqual(states, ["signed", "included", "anchored"]);
});

test("createCheckpointVerifier() believes a checkpoint again, of the same log alone", () => {
  const verify = createCheckpointVerifier();
  const invalid = { code: "checkpoint_signature_invalid" };
  const stranger = { ...log, publicKey: new Uint8Array(32).fill(1) };
  assert.throws(() => verify(included, stranger), invalid);
  const first = verify(included, log);
  assert.equal(verify(anchored, { ...log }), first);
  for (const elsewhere of [stranger, { ...log, networkId: -3 }]) {
    assert.throws(() => verify(included, elsewhere), invalid);
  }
  assert.throws(() => verify({ ...included, checkpoint: `${included.checkpoint}x` }, log));
  assert.equal(verifyLogProof(receipt, anchored, log, verify), "anchored");
  assert.throws(() => verifyLogProof(other, included, log, verify), { code: "inclusion_invalid" });
});
