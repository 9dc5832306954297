// The proxy bond against a model of it: every order of messages ends as the model says, and no nanoton is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "@ton/core";
import * as fc from "fast-check";
import { cellDigest, concatBytes, nanotons, type SigningKey } from "@cocoon/protocol";
import { anchorDigestOf } from "../testing/anchor.ts";
import {
  bondAddress,
  type BondChain,
  createAccusedBond,
  logKey,
  owner,
  reporter,
  terms,
} from "../testing/bond-chain.ts";
import { startSeconds, testKey, ton } from "../testing/chain.ts";
import { createTestLog } from "../testing/log.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  type Accusation,
  type BondAct,
  type BondCall,
  type BondScene,
  expectBondCall,
} from "../testing/proxy-bond-model.ts";
import {
  depositBondBody,
  exitCodeName,
  type ProxyBondState,
  registerBondBody,
  requestUnbondBody,
  slashContradictionBody,
  slashOmissionBody,
  updateTermsBody,
  withdrawBondBody,
  withdrawSurplusBody,
} from "./index.ts";

const numRuns = Number(process.env["MODEL_RUNS"] ?? 40);
const keys = [logKey, testKey("second log"), testKey("third log")] as const;
const sizeMax = 64;
const logs = new Map(
  keys.map((key) => {
    const options = { key, bond: bondAddress, size: sizeMax };
    return [key, [createTestLog(options), createTestLog({ ...options, forkedAt: 0 })]] as const;
  }),
);
function logsOf(publicKey: Uint8Array) {
  const pair = logs.get(keyOf(publicKey));
  const [log, fork] = pair ?? [];
  assert.ok(log !== undefined && fork !== undefined);
  return { log, fork };
}
function keyOf(publicKey: Uint8Array): SigningKey {
  return keys.find((key) => Buffer.compare(key.publicKey, publicKey) === 0) ?? assert.fail();
}

type Step = BondCall & { readonly waitSeconds: number };
const anyLogKey = fc.constantFrom(...keys.map(({ publicKey }) => publicKey));
const anyAmount = fc.bigInt({ min: 0n, max: 20n * ton });
const kinds = ["equivocation", "inconsistency", "omission", "delay"] as const;
const anyAct: fc.Arbitrary<BondAct> = fc.oneof(
  fc.record({ action: fc.constantFrom("register", "deposit"), amount: anyAmount }),
  fc.record({ action: fc.constant("update" as const), logKey: anyLogKey, feeBps: fc.nat(10_000) }),
  fc.record({
    action: fc.constantFrom("withdrawSurplus", "requestUnbond", "requestUnbond", "withdrawBond"),
  }),
  fc.record({
    action: fc.constant("anchor" as const),
    size: fc.integer({ min: 1, max: sizeMax - 1 }),
    logKey: anyLogKey,
  }),
  fc.record({
    action: fc.constant("accuse" as const),
    accusation: fc.record({
      kind: fc.constantFrom<Accusation["kind"]>("harmless", "harmless", "harmless", ...kinds),
      logKey: anyLogKey,
    }),
  }),
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  from: fc.constantFrom(owner, owner, owner, reporter),
  act: anyAct,
  waitSeconds: fc.constantFrom(0, 0, 1, 86_400, terms.closeDelaySeconds),
});

const promisedAtSeconds = startSeconds;

function accusationBody({ kind, logKey: accused }: Accusation): Cell {
  const { log, fork } = logsOf(accused);
  const last = sizeMax - 1;
  const proofs = {
    equivocation: () => ({ first: log.checkpoint(9), second: fork.checkpoint(9) }),
    inconsistency: () => ({
      first: log.checkpoint(9),
      second: fork.anchor(20, 1),
      difference: { index: 4, first: log.proven(4, 9), second: fork.proven(4, 20) },
    }),
    harmless: () => ({ first: log.checkpoint(9), second: log.anchor(9, 1) }),
  };
  if (kind === "delay") {
    const promise = log.promise(last, 1_000 * promisedAtSeconds);
    return slashOmissionBody(bondAddress, { promise });
  }
  if (kind !== "omission") return slashContradictionBody(bondAddress, proofs[kind]());
  const shown = { ...fork.proven(4, 20), head: fork.checkpoint(20) };
  return slashOmissionBody(bondAddress, { promise: log.promise(4, 0), shown });
}

function bodyOf(act: Exclude<BondAct, { readonly action: "anchor" }>): Cell {
  const bodies = {
    register: () => registerBondBody(nanotons("amount" in act ? act.amount : 0n), terms),
    deposit: () => depositBondBody(nanotons("amount" in act ? act.amount : 0n)),
    update: () => updateTermsBody({ ...terms, ...act }),
    withdrawSurplus: withdrawSurplusBody,
    requestUnbond: requestUnbondBody,
    withdrawBond: withdrawBondBody,
    accuse: () => accusationBody("accusation" in act ? act.accusation : assert.fail()),
  };
  return bodies[act.action]();
}

/** Sends the step and checks its money; returns the refusal, or undefined when it succeeded. */
async function take(chain: BondChain, { from, act }: Step): Promise<string | undefined> {
  // A bare transfer, from anyone: it fills the budget for anchors and changes nothing else.
  await chain.send({ from: reporter, to: bondAddress, value: ton });
  const before = await chain.balance(bondAddress);
  if (act.action === "anchor") {
    const refusal = await chain.anchor(logsOf(act.logKey).log, act.size);
    if (refusal !== undefined) assert.equal(await chain.balance(bondAddress), before);
    return refusal;
  }
  const value = ton + ("amount" in act ? act.amount : 0n);
  const outcome = await chain.call(from, bodyOf(act), value);
  const sent = outcome.sent.reduce((total, message) => total + message.value, 0n);
  const returned = sent + (outcome.bounced ?? 0n);
  const after = await chain.balance(bondAddress);
  assert.equal(before + value, after + returned + outcome.fees + outcome.forwardFees);
  if (outcome.exitCode !== 0) return exitCodeName(outcome.exitCode ?? -1);
  assert.equal(outcome.actionCode, 0);
  return undefined;
}

/** What an anchor of this step would leave. */
function anchoredBy(
  { checkpoint }: ProxyBondState,
  act: BondAct,
  nowSeconds: number,
): BondScene["anchored"] {
  if (act.action !== "anchor") return undefined;
  const root = logsOf(act.logKey).log.root(act.size);
  const signed = { treeSize: act.size, root, timestampSeconds: nowSeconds };
  const digest = anchorDigestOf(testNetworkId, bondAddress, signed);
  const chain = cellDigest(concatBytes(checkpoint?.chain ?? new Uint8Array(32), digest));
  return { ...signed, count: (checkpoint?.count ?? 0) + 1, chain: Uint8Array.from(chain) };
}

async function runSteps(chain: BondChain, steps: readonly Step[]): Promise<void> {
  let state = await chain.state();
  for (const step of steps) {
    chain.wait(step.waitSeconds);
    const nowSeconds = chain.now();
    const anchored = anchoredBy(state, step.act, nowSeconds);
    const scene = { owner, nowSeconds, terms, promisedAtSeconds, anchored };
    const expected = expectBondCall(state, step, scene);
    const refusal = await take(chain, step);
    if (refusal === undefined) {
      assert.ok("state" in expected, `${step.act.action} succeeded`);
      state = expected.state;
    } else {
      assert.deepEqual({ refusal }, expected);
    }
    assert.deepEqual(await chain.state(), state);
    assert.ok((await chain.balance(bondAddress)) >= state.bond);
  }
}

test("the proxy bond does what its model says in any order, and money is conserved", async () => {
  const chain = await createAccusedBond();
  const start = chain.blockchain.snapshot();
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 14 }), async (steps) => {
      await chain.blockchain.loadFrom(start);
      chain.blockchain.now = startSeconds;
      await runSteps(chain, steps);
    }),
    { numRuns },
  );
});
