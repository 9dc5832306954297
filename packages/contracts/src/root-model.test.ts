import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import type { SigningKey } from "@cocoon/protocol";
import * as fc from "fast-check";
import { type Outcome, startSeconds, testAddress, testKey } from "../testing/chain.ts";
import { anySequence, assertRentPaid, modelRuns } from "../testing/messages.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  createRootChain,
  genesis,
  governanceBy,
  hash,
  keysOf,
  listing,
  measurement,
  params,
  type RootChain,
} from "../testing/root-chain.ts";
import { expectRootCall, type RootCall, type StatementFault } from "../testing/root-model.ts";
import {
  executeChangeBody,
  exitCodeName,
  rootAddress,
  rootAttachment,
  type Revocation,
  type RootChange,
  type RootRules,
  type RootState,
  type Statement,
  statementBody,
  statementDigest,
} from "./index.ts";

const councils = [keysOf("council", 3), keysOf("heirs", 3)] as const;
const [first, heirs] = councils;
const overrides = { governance: governanceBy(first, 2, 100) };
const sibling = rootAddress({ ...genesis, ...overrides, salt: 2n });

/** Records that are ordinary objects, as what is read back. */
function plain<Shape extends object>(model: { [Name in keyof Shape]: fc.Arbitrary<Shape[Name]> }) {
  return fc.record(model, { noNullPrototype: true });
}

const anyHash = fc.constantFrom(hash(1), hash(2), hash(3));
const anyPlatform = fc.constantFrom("01", "02");
const anyFloor = fc.constantFrom(10, 17, 18, 25);
const anyChange: fc.Arbitrary<RootChange> = fc.oneof(
  plain({
    kind: fc.constant("setModel" as const),
    manifestHash: anyHash,
    listing: fc.constant(listing),
  }),
  plain({ kind: fc.constant("removeModel" as const), manifestHash: anyHash }),
  plain({
    kind: fc.constant("setMeasurement" as const),
    imageHash: anyHash,
    measurement: fc.constant(measurement),
  }),
  plain({ kind: fc.constant("removeMeasurement" as const), imageHash: anyHash }),
  anyFloor.map((tcbEvaluationFloor) => {
    return { kind: "setParams" as const, params: { ...params, tcbEvaluationFloor } };
  }),
  fc.constantFrom(0, 1).map((count) => {
    const { keys } = governanceBy(heirs.slice(0, count), count);
    return { kind: "setAuditors" as const, auditors: { keys, threshold: count } };
  }),
  fc.constantFrom(...councils).map((keys) => {
    return { kind: "setGovernance" as const, governance: governanceBy(keys, 2, 50) };
  }),
  plain({ kind: fc.constant("liftBan" as const), platformId: anyPlatform }),
);
const anyRevocation: fc.Arbitrary<Revocation> = fc.oneof(
  plain({ kind: fc.constant("removeModel" as const), manifestHash: anyHash }),
  plain({ kind: fc.constant("removeMeasurement" as const), imageHash: anyHash }),
  plain({ kind: fc.constant("banPlatform" as const), platformId: anyPlatform }),
  plain({ kind: fc.constant("raiseFloor" as const), tcbEvaluationFloor: anyFloor }),
);
/** Which of the pending changes, or one that was there before, or one that never was. */
const anyPick = fc.constantFrom<number | "past" | "none">(0, 0, 0, 1, 2, "past", "none");
const anyFault = fc.constantFrom<StatementFault>(
  ...(["none", "none", "none", "none", "none", "none", "none", "none", "none"] as const),
  ...(["few", "twice", "stranger", "other keys", "other root"] as const),
  ...(["other network", "replayed", "ahead", "expired"] as const),
);

type Plan =
  | { readonly action: "propose"; readonly change: RootChange }
  | { readonly action: "cancel" | "execute"; readonly pick: number | "past" | "none" }
  | { readonly action: "revoke"; readonly revocation: Revocation };
type Step = {
  readonly plan: Plan;
  readonly fault: StatementFault;
  readonly waitSeconds: number;
  readonly value: bigint;
};

const anyPlan: fc.Arbitrary<Plan> = fc.oneof(
  {
    weight: 4,
    arbitrary: plain({ action: fc.constant("propose" as const), change: anyChange }),
  },
  { weight: 4, arbitrary: plain({ action: fc.constant("execute" as const), pick: anyPick }) },
  { weight: 1, arbitrary: plain({ action: fc.constant("cancel" as const), pick: anyPick }) },
  {
    weight: 2,
    arbitrary: plain({ action: fc.constant("revoke" as const), revocation: anyRevocation }),
  },
);
const anyStep: fc.Arbitrary<Step> = plain({
  plan: anyPlan,
  fault: anyFault,
  waitSeconds: fc.constantFrom(0, 0, 1, 49, 50, 51, 99, 100),
  value: fc.constantFrom(rootAttachment, rootAttachment, rootAttachment, 2_000_000n, 200_000n),
});

function callOf({ plan, fault }: Step, state: RootState): RootCall {
  if (plan.action === "propose" || plan.action === "revoke") return { act: plan, fault };
  return { act: { action: plan.action, id: idOf(plan.pick, state) }, fault };
}

function idOf(pick: number | "past" | "none", { pending, sequence }: RootState): number {
  if (pick === "past") return Math.max(sequence - 2, 0);
  if (pick === "none") return sequence + 7;
  return pending[pick % pending.length]?.id ?? sequence;
}

/** Those who govern now, in the order of their keys. */
function councilOf({ governance }: RootState): readonly SigningKey[] {
  const isFirst = governance.keys.join() === overrides.governance.keys.toSorted().join();
  return isFirst ? first : heirs;
}

function bodyOf({ act, fault }: RootCall, state: RootState, root: RootChain): Cell {
  if (act.action === "execute") return executeChangeBody(act.id);
  const now = root.now();
  const statement: Statement = {
    networkId: fault === "other network" ? -239 : testNetworkId,
    root: fault === "other root" ? sibling : root.address,
    sequence: state.sequence + ({ replayed: -1, ahead: 1 }[fault as string] ?? 0),
    validUntilSeconds: fault === "expired" ? now - 1 : now + 60,
    resolution: act,
  };
  // The first statement has none before it that could be sent again.
  const sequence = Math.max(statement.sequence, 0);
  const digest = statementDigest({ ...statement, sequence });
  const council = councilOf(state);
  const others = council === first ? heirs : first;
  const signers = fault === "other keys" ? others : council;
  const indexes = { few: [1], twice: [1, 1] }[fault as string] ?? [0, 2];
  const signatures = indexes.map((index) => {
    return { index, signature: signers[index]?.sign(digest) ?? new Uint8Array(64) };
  });
  if (fault === "stranger") signatures[1] = { index: 2, signature: testKey("x").sign(digest) };
  return statementBody({ ...statement, sequence, signatures });
}

/** Sends a message, and checks that no nanoton appears or goes. */
async function send(root: RootChain, body: Cell, value: bigint): Promise<Outcome> {
  const before = await root.balance(root.address);
  const outcome = await root.call(body, value);
  const returned = outcome.sent.reduce((sum, { value: sent }) => sum + sent, 0n);
  const after = await root.balance(root.address);
  const gone = returned + (outcome.bounced ?? 0n) + outcome.fees + outcome.forwardFees;
  assert.equal(before + value, after + gone);
  return outcome;
}

/** What the rules of a policy may only become by a revocation: less, or tighter. */
function assertTighter(before: RootState, after: RootState): void {
  const contains = (left: RootRules["models"], right: RootRules["models"]): boolean =>
    [...right].every(([key]) => left.has(key));
  assert.ok(contains(before.models, after.models));
  assert.ok([...after.measurements.keys()].every((key) => before.measurements.has(key)));
  assert.ok([...before.bans.keys()].every((key) => after.bans.has(key)));
  assert.ok(after.params.tcbEvaluationFloor >= before.params.tcbEvaluationFloor);
  assert.deepEqual([after.governance, after.auditors], [before.governance, before.auditors]);
}

/** Takes a step; returns the state after it, which is as modelled or, for want of value, as it was. */
async function take(root: RootChain, state: RootState, step: Step): Promise<RootState> {
  root.wait(step.waitSeconds);
  const call = callOf(step, state);
  const isFirstOfAll = step.fault === "replayed" && state.sequence === 0;
  if (isFirstOfAll) return state;
  const outcome = await send(root, bodyOf(call, state, root), step.value);
  const after = await root.state();
  const expected = expectRootCall(state, call, root.now());
  if (outcome.exitCode !== 0) {
    assert.deepEqual(after, state);
    const refusal = exitCodeName(outcome.exitCode ?? 0);
    if (step.value === rootAttachment) assert.deepEqual({ refusal }, expected);
    return state;
  }
  assert.equal(outcome.actionCode, 0);
  assert.ok("state" in expected, `${call.act.action} with fault ${call.fault} succeeded`);
  assert.deepEqual(inOrder(after), inOrder(expected.state));
  if (call.act.action === "revoke") assertTighter(state, after);
  if (call.act.action === "propose" || call.act.action === "cancel") {
    assert.deepEqual(
      { ...after, pending: [], sequence: 0 },
      { ...state, pending: [], sequence: 0 },
    );
  }
  return after;
}

/** The dictionaries of the contract have an order of their own. */
function inOrder(state: RootState): RootState {
  const sorted = <Value>(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
    new Map([...map].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  const { models, measurements, bans } = state;
  return {
    ...state,
    models: sorted(models),
    measurements: sorted(measurements),
    bans: sorted(bans),
  };
}

test("the root does what its model says in any order, and money is conserved", async () => {
  const root = await createRootChain({ overrides });
  const start = root.blockchain.snapshot();
  const begun = await root.state();
  await fc.assert(
    fc.asyncProperty(anySequence(anyStep), async (steps) => {
      await root.blockchain.loadFrom(start);
      root.blockchain.now = startSeconds;
      let state = begun;
      for (const step of steps) state = await take(root, state, step);
      await assertRentPaid(root, root.address, 0n);
      assert.deepEqual(inOrder(await root.state()), inOrder(state));
    }),
    { numRuns: modelRuns(25) },
  );
});

/** Messages of people who hold no key: junk, forgeries, and everything that governance ever signed, again. */
test("no sequence of messages by strangers changes anything but what governance decided", async () => {
  const root = await createRootChain({ overrides });
  const past: Cell[] = [];
  for (const change of [
    { kind: "setParams", params },
    { kind: "removeModel", manifestHash: hash(1) },
  ] as const) {
    const statement = await root.sign({ action: "propose", change }, { signers: first.slice(1) });
    past.push(statementBody(statement));
    assert.equal((await root.call(statementBody(statement))).exitCode, 0);
  }
  const state = await root.state();
  const start = root.blockchain.snapshot();
  const anyFaulty = anyStep.filter(
    ({ fault, plan }) => fault !== "none" && plan.action !== "execute",
  );
  const anyForgery = anyFaulty.map((step) => bodyOf(callOf(step, state), state, root));
  const anyJunk = fc
    .tuple(fc.constantFrom(0x52540001, 0x52540002, 0x52540004, 0x52540005, 7), fc.uint8Array())
    .map(([op, bytes]) => {
      const tail = Buffer.from(bytes.slice(0, 100));
      const body = beginCell().storeUint(op, 32).storeBuffer(tail);
      return body.storeRef(beginCell().storeUint(op % 256, 8)).endCell();
    });
  const early = fc.constantFrom(0, 1).map((id) => executeChangeBody(id));
  const anyBody = fc.oneof(anyForgery, anyJunk, early, fc.constantFrom(...past));
  const anyValue = fc.constantFrom(1n, 100_000n, rootAttachment, 10n * rootAttachment);
  const anyMessage = plain({ body: anyBody, value: anyValue, bounce: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(anyMessage, { minLength: 1, maxLength: 12 }), async (messages) => {
      await root.blockchain.loadFrom(start);
      root.blockchain.now = startSeconds + 99;
      for (const message of messages) {
        const from = testAddress("stranger");
        const outcome = await root.send({ from, to: root.address, ...message });
        assert.notEqual(outcome.exitCode, 0);
        assert.deepEqual(await root.state(), state);
      }
    }),
    { numRuns: modelRuns(10) },
  );
});
