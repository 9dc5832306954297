// A proxy that offers what a client did not ask for: the client finds out by itself.

import {
  type Claims,
  claimsHash,
  createEvidenceCache,
  createSigningKey,
  encodeBundle,
  encodeClaims,
  Keyring,
  nanotons,
  noHash,
  type Offer,
  openAttester,
  type Policy,
  publicProfiles,
  reportData,
  type Tier,
  workerIdOf,
} from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type RecipientOptions, Recipients } from "./recipients.ts";
import type { Wish } from "./wish.ts";

const nowMs = 1_795_000_000_000;
const identityKey = createSigningKey(new Uint8Array(32).fill(7));
const claims: Claims = {
  simulated: false,
  role: "worker",
  networkId: -239,
  rootAddress: `-1:${"a1".repeat(32)}`,
  workerId: workerIdOf(identityKey.publicKey),
  identityKey: identityKey.publicKey,
  payout: `0:${"b2".repeat(32)}`,
  bootNonce: new Uint8Array(16),
  notBeforeMs: nowMs,
  notAfterMs: nowMs + 3_600_000,
  anchorSeqno: 0,
  anchorRootHash: noHash,
  manifestHash: "d4".repeat(32),
  engineHash: "e5".repeat(32),
  gpuEvidenceHash: noHash,
};
const encoded = encodeClaims(claims);
const policy: Policy = {
  networkId: claims.networkId,
  rootAddress: claims.rootAddress,
  readAtMs: nowMs,
  ageMaxMs: 60_000,
  measurements: new Map(),
  models: new Map([[claims.manifestHash, { name: "m", contextTokens: 1 }]]),
  tcbEvaluationFloor: 0,
};

/** What a client makes of a proxy's offer of an ordinary machine. */
async function judge(tier: Tier, requireBond?: RecipientOptions["requireBond"]) {
  const evidence = await openAttester.attest(reportData(encoded), { identityKey });
  const { teeType } = openAttester;
  const bundle = encodeBundle({ claims: encoded, teeType, ...evidence, gpu: undefined });
  const { keyConfig } = await new Keyring({ suite: 2, identityKey }).current(nowMs);
  const offer: Offer = {
    worker: claims.workerId,
    claimsHash: claimsHash(encoded),
    keyConfig,
    promptPerMillion: nanotons(1n),
    completionPerMillion: nanotons(1n),
    feeBps: 0,
    alternates: [],
  };
  const recipients = new Recipients({
    policy: () => Promise.resolve(policy),
    profiles: publicProfiles,
    evidence: createEvidenceCache({ sizeMax: 4 }),
    now: () => nowMs,
    fetch: () => Promise.resolve(bundle),
    ...(requireBond !== undefined && { requireBond }),
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- what recipients look at
  const wish = { tier, model: claims.manifestHash } as Wish;
  return await recipients.verify(wish, offer);
}

test("Recipients take no ordinary machine where a confidential one was asked for", async () => {
  const stands = (): Promise<void> => Promise.resolve();
  for (const tier of ["confidential", "confidential-gpu"] as const) {
    await assert.rejects(judge(tier, stands), { code: "tier_too_low" });
  }
});

test("Recipients take an ordinary machine with its bond alone, and none where nobody can look", async () => {
  await assert.rejects(judge("open"), { code: "bond_insufficient" });
  const asked: unknown[] = [];
  const [recipient] = await judge("open", (worker, vouch) => {
    asked.push([worker.tier, vouch]);
    return Promise.resolve();
  });
  assert.equal(recipient?.worker.tier, "open");
  assert.deepEqual(asked, [["open", undefined]]);
});
