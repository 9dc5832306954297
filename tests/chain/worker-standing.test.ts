// A worker that no hardware vouches for counts by its bond alone.

import { type KeySet, vouchForIdentity } from "@cocoon/contracts";
import { type BondVouch, createSigningKey, nanotons, type Tier, toHex } from "@cocoon/protocol";
import {
  createWorkerBondCheck,
  registerWorkerBond,
  requestWorkerUnbond,
  type RequireWorkerBond,
} from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test } from "node:test";
import { devnetSuite, seedOf, ton, tons } from "./devnet-chain.ts";

const day = 86_400;
const identity = createSigningKey(seedOf("identity"));
const bondKey = createSigningKey(seedOf("bond key"));
const auditor = createSigningKey(seedOf("auditor"));

devnetSuite("createWorkerBondCheck()", (chain) => {
  let nowMs = Date.now();
  const checkOf = (workerBondMin: bigint, auditors: KeySet): RequireWorkerBond =>
    createWorkerBondCheck({
      client: chain().client,
      now: () => nowMs,
      policy: () =>
        Promise.resolve({
          auditors,
          params: {
            tcbEvaluationFloor: 0,
            bondMin: nanotons(0n),
            workerBondMin: nanotons(workerBondMin),
            channelCodeHash: "",
            proxyBondCodeHash: "",
            workerBondCodeHash: "",
          },
        }),
    });
  const nobody: KeySet = { keys: [], threshold: 0 };
  const claimed = (tier: Tier): Parameters<RequireWorkerBond>[0] => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the check reads the key alone
    const claims = {
      identityKey: identity.publicKey,
    } as Parameters<RequireWorkerBond>[0]["claims"];
    return { tier, claims };
  };
  const refused = async (why: RegExp, checking: Promise<void>): Promise<void> => {
    await assert.rejects(checking, { code: "bond_insufficient", message: why });
  };

  test("asks the tier open for a bond always, the tier dev where the root does, and hardware never", async () => {
    const remedy = /needs a bond: cocoon worker bond/;
    await refused(remedy, checkOf(0n, nobody)(claimed("open"), undefined));
    await refused(remedy, checkOf(1n, nobody)(claimed("dev"), undefined));
    await checkOf(0n, nobody)(claimed("dev"), undefined);
    await checkOf(1n, nobody)(claimed("confidential"), undefined);
  });

  test("takes a vouch for this identity by a bond that stands, is large enough, and can be judged", async () => {
    const wallet = await chain().wallet("worker", 100n);
    const { workerBond: bond } = await registerWorkerBond(wallet, {
      bond: tons(5n),
      governance: wallet.address,
      bondKey: bondKey.publicKey,
      closeDelaySeconds: 2 * day,
      disputeDelaySeconds: day,
      salt: 1n,
      auditorThreshold: 1,
      auditorKeys: [auditor.publicKey],
    });
    const { networkId } = chain().client;
    const notAfterSeconds = Math.floor(nowMs / 1_000) + day;
    const vouched = { networkId, bond, identityKey: identity.publicKey, notAfterSeconds };
    const vouch: BondVouch = {
      bond,
      notAfterSeconds,
      signature: vouchForIdentity(bondKey, vouched).signature,
    };
    const ours: KeySet = { keys: [toHex(auditor.publicKey)], threshold: 1 };
    const others: KeySet = { keys: [toHex(identity.publicKey)], threshold: 1 };
    const check = checkOf(5n * ton, ours);
    await check(claimed("open"), vouch);
    await refused(/less than the root/, checkOf(6n * ton, ours)(claimed("open"), vouch));
    await refused(/cannot judge/, checkOf(0n, others)(claimed("open"), vouch));
    await refused(
      /another/,
      check(claimed("open"), { ...vouch, notAfterSeconds: notAfterSeconds + 1 }),
    );
    const elsewhere = { ...vouch, bond: `0:${"11".repeat(32)}` };
    await refused(/absent/, check(claimed("open"), elsewhere));
    const mine = vouchForIdentity(identity, vouched).signature;
    await refused(/another/, check(claimed("confidential"), { ...vouch, signature: mine }));

    await requestWorkerUnbond(wallet, bond);
    await check(claimed("open"), vouch);
    nowMs += 31_000;
    await refused(/unbonding/, check(claimed("open"), vouch));
    nowMs += day * 1_000;
    await refused(/another time/, check(claimed("open"), vouch));
  });
});
