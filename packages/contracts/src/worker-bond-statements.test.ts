// What a worker bond's keys sign, as it is read and made without the contract.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell } from "@ton/core";
import { bondedIdentityDigest, hashLeaf, utf8, verdictDigest } from "@cocoon/protocol";
import { testAddress } from "../testing/chain.ts";
import { testNetworkId } from "../testing/prices.ts";
import { bondKey, identityKey, vouch } from "../testing/worker-chain.ts";
import { isVouchedFor } from "./index.ts";

const stranger = testAddress("stranger");

test("isVouchedFor() says what the contract says of an identity", () => {
  const bond = testAddress("bond");
  const place = { networkId: testNetworkId, bond };
  const good = vouch(bond, 7);
  assert.ok(isVouchedFor(bondKey.publicKey, good, place));
  assert.equal(isVouchedFor(bondKey.publicKey, good, { ...place, networkId: -239 }), false);
  assert.equal(isVouchedFor(bondKey.publicKey, good, { ...place, bond: stranger }), false);
  assert.equal(isVouchedFor(identityKey.publicKey, good, place), false);
  const later = { ...good, notAfterSeconds: 8 };
  assert.equal(isVouchedFor(bondKey.publicKey, later, place), false);
  const short = { ...good, identityKey: good.identityKey.subarray(1) };
  assert.equal(isVouchedFor(bondKey.publicKey, short, place), false);
});

test("what bond key and auditors sign is the plain hash of 81 and 78 bytes, without TON code", () => {
  const bond = testAddress("bond");
  const identity = {
    networkId: testNetworkId,
    bond,
    identityKey: identityKey.publicKey,
    notAfterSeconds: 7,
  };
  const cell = beginCell()
    .storeBuffer(Buffer.from("WID1"))
    .storeInt(testNetworkId, 32)
    .storeInt(0, 8)
    .storeBuffer(Buffer.from(bond.slice(2), "hex"))
    .storeBuffer(Buffer.from(identityKey.publicKey))
    .storeUint(7, 64)
    .endCell();
  assert.deepEqual(bondedIdentityDigest(identity), Uint8Array.from(cell.hash()));
  assert.equal(cell.bits.length, 8 * 81);
  const receipt = hashLeaf(utf8("receipt"));
  const verdict = beginCell()
    .storeBuffer(Buffer.from("VRD1"))
    .storeInt(testNetworkId, 32)
    .storeInt(0, 8)
    .storeBuffer(Buffer.from(bond.slice(2), "hex"))
    .storeUint(4, 32)
    .storeBuffer(Buffer.from(receipt))
    .storeUint(2, 8)
    .endCell();
  assert.equal(verdict.bits.length, 8 * 78);
  const said = { networkId: testNetworkId, bond, round: 4, receipt, reason: 2 };
  assert.deepEqual(verdictDigest(said), Uint8Array.from(verdict.hash()));
});
