// The proxy bond against a model of it: every order of messages ends as the model says, and no nanoton is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Cell } from "@ton/core";
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
  anySequence,
  anyStrangersMessage,
  assertRentPaid,
  modelRuns,
  sendAsStranger,
} from "../testing/messages.ts";
import {
  type Accusation,
  type BondAct,
  type BondCall,
  type BondScene,
  expectBondCall,
} from "../testing/proxy-bond-model.ts";
import {
  anchorBody,
  depositBondBody,
  exitCodeName,
  proxyBondOpcodes,
  type ProxyBondState,
  registerBondBody,
  requestUnbondBody,
  slashContradictionBody,
  slashOmissionBody,
  updateTermsBody,
  withdrawBondBody,
  withdrawSurplusBody,
} from "./index.ts";

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

/** Whatever happened, five years later the owner gets the bond, alone, unless it was lost. */
async function endBond(chain: BondChain): Promise<void> {
  await chain.call(owner, withdrawSurplusBody(), ton);
  const { phase, bond } = await chain.state();
  await assertRentPaid(chain, bondAddress, bond);
  if (phase === "unregistered" || phase === "slashed") return;
  if (phase === "bonded") {
    assert.equal((await chain.call(owner, requestUnbondBody(), ton)).exitCode, 0);
  }
  chain.wait(terms.closeDelaySeconds);
  const { exitCode, sent } = await chain.call(owner, withdrawBondBody(), ton);
  assert.equal(exitCode, 0);
  assert.deepEqual(
    sent.map(({ to, value }) => [to, value > bond + ton - 20_000_000n]),
    [[owner, true]],
  );
}

test("the proxy bond does what its model says in any order, and money is conserved", async () => {
  const chain = await createAccusedBond();
  const start = chain.blockchain.snapshot();
  await fc.assert(
    fc.asyncProperty(anySequence(anyStep), async (steps) => {
      await chain.blockchain.loadFrom(start);
      chain.blockchain.now = startSeconds;
      await runSteps(chain, steps);
      await endBond(chain);
    }),
    { numRuns: modelRuns(25) },
  );
});

/** What everybody can read or make: messages of others, and proofs that prove nothing. */
const knownBodies: readonly Cell[] = [
  ...(["register", "deposit"] as const).map((action) => bodyOf({ action, amount: ton / 2n })),
  ...keys.map(({ publicKey }) => bodyOf({ action: "update", logKey: publicKey, feeBps: 1 })),
  ...(["withdrawSurplus", "requestUnbond", "withdrawBond"] as const).map((action) => {
    return bodyOf({ action });
  }),
  ...kinds.map((kind) => accusationBody({ kind, logKey: keys[1].publicKey })),
  accusationBody({ kind: "harmless", logKey: logKey.publicKey }),
  accusationBody({ kind: "delay", logKey: logKey.publicKey }),
];

test("no sequence of messages by strangers changes anything, but that they may give money", async () => {
  const chain = await createAccusedBond();
  const { log } = logsOf(logKey.publicKey);
  assert.equal(await chain.anchor(log, 20), undefined);
  const anchored = log.anchor(20, chain.now());
  const bonded = chain.blockchain.snapshot();
  assert.equal((await chain.call(owner, requestUnbondBody())).exitCode, 0);
  const unbonding = chain.blockchain.snapshot();
  const forger = createTestLog({ key: keys[1], bond: bondAddress, size: sizeMax });
  const anyMessage = anyStrangersMessage(knownBodies, Object.values(proxyBondOpcodes));
  const anyAnchor = fc.constantFrom(
    anchorBody({ ...anchored, treeSize: 20 }),
    ...[21, 40].map((treeSize) =>
      anchorBody({ ...forger.anchor(treeSize, chain.now()), treeSize }),
    ),
  );
  const any = fc.oneof({ weight: 3, arbitrary: anyMessage }, { weight: 1, arbitrary: anyAnchor });
  await fc.assert(
    fc.asyncProperty(anySequence(any), fc.boolean(), async (messages, isUnbonding) => {
      await chain.blockchain.loadFrom(isUnbonding ? unbonding : bonded);
      const before = await chain.state();
      const balance = await chain.balance(bondAddress);
      for (const message of messages) {
        const isAnchor = message instanceof Cell;
        const isTaken = isAnchor
          ? typeof (await chain.sendExternal(bondAddress, message)) !== "number"
          : await sendAsStranger(chain, bondAddress, message);
        assert.equal(isTaken, false);
      }
      assert.deepEqual(await chain.state(), before);
      assert.ok((await chain.balance(bondAddress)) >= balance);
    }),
    { numRuns: modelRuns(10) },
  );
});
