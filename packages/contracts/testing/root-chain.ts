// A root on a test chain, for the tests of Root.tolk.

import assert from "node:assert/strict";
import { beginCell, type Cell } from "@ton/core";
import { nanotons, type RawAddress, type SigningKey, toHex } from "@cocoon/protocol";
import {
  channelCode,
  deployRootBody,
  executeChangeBody,
  exitCodeName,
  type Governance,
  type ModelListing,
  type NetworkParams,
  parseRoot,
  parseRootData,
  proxyBondCode,
  type Resolution,
  type Revocation,
  rootAddress,
  rootAttachment,
  type RootChange,
  rootDeployAttachment,
  type RootGenesis,
  rootGetter,
  rootInit,
  type RootState,
  type SignedStatement,
  signStatement,
  type Statement,
  statementBody,
} from "../src/index.ts";
import {
  agreedState,
  createTestChain,
  type Outcome,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "./chain.ts";
import { type Prices, testNetworkId } from "./prices.ts";

/** Whoever pays; nobody the root knows. */
export const carrier = testAddress("carrier");
export const delaySeconds = 86_400;
export const params: NetworkParams = {
  tcbEvaluationFloor: 17,
  bondMin: nanotons(50n * ton),
  workerBondMin: nanotons(5n * ton),
  channelCodeHash: channelCode.hash,
  proxyBondCodeHash: proxyBondCode.hash,
  workerBondCodeHash: "00".repeat(32),
};
export const listing: ModelListing = {
  name: "cocoon-3m-é",
  contextTokens: 4_096,
  promptPerMillionMax: nanotons(100_000_000n),
  completionPerMillionMax: nanotons(2n ** 64n - 1n),
};
export const measurement = { teeType: 0x53494d31, role: 255, evaluationMin: 18 };

export function hash(seed: number): string {
  return seed.toString(16).padStart(64, "0");
}

/** Keys in the order of a set of theirs. */
export function keysOf(name: string, count: number): readonly SigningKey[] {
  const keys = Array.from({ length: count }, (_, index) => testKey(`${name}-${index}`));
  return keys.toSorted((left, right) => (toHex(left.publicKey) < toHex(right.publicKey) ? -1 : 1));
}

export function governanceBy(
  keys: readonly SigningKey[],
  threshold: number,
  delay: number = delaySeconds,
): Governance {
  return { keys: keys.map(({ publicKey }) => toHex(publicKey)), threshold, delaySeconds: delay };
}

/** Three keys, two of which decide. */
export const governors: readonly SigningKey[] = keysOf("governor", 3);
export const genesis: RootGenesis = {
  salt: 1n,
  governance: governanceBy(governors, 2),
  auditors: { keys: [], threshold: 0 },
  params,
  models: new Map([[hash(1), listing]]),
  measurements: new Map([[hash(2), measurement]]),
};

export type StatementFields = Partial<Omit<Statement, "resolution">> & {
  readonly signers?: readonly SigningKey[];
};

export type RootChain = TestChain & {
  readonly address: RawAddress;
  readonly call: (body: Cell, value?: bigint, from?: RawAddress) => Promise<Outcome>;
  readonly state: () => Promise<RootState>;
  /** The statement that governance would sign now; good for an hour. */
  readonly sign: (resolution: Resolution, fields?: StatementFields) => Promise<SignedStatement>;
  readonly propose: (change: RootChange, fields?: StatementFields) => Promise<Outcome>;
  readonly cancel: (id: number, fields?: StatementFields) => Promise<Outcome>;
  readonly revoke: (revocation: Revocation, fields?: StatementFields) => Promise<Outcome>;
  readonly execute: (id: number) => Promise<Outcome>;
  /** Proposes, waits and executes; all must succeed. */
  readonly enact: (change: RootChange, fields?: StatementFields) => Promise<Outcome>;
};

export type RootChainOptions = {
  readonly overrides?: Partial<RootGenesis>;
  /** Who signs unless said otherwise. */
  readonly signers?: readonly SigningKey[];
  readonly prices?: Prices;
};

/** A chain with a root that is deployed. */
export async function createRootChain(options: RootChainOptions = {}): Promise<RootChain> {
  const chain = rootOn(await createTestChain(options.prices), options);
  assertDone(await deploy(chain, { ...genesis, ...options.overrides }));
  return chain;
}

export function deploy(chain: TestChain, first: RootGenesis, value?: bigint): Promise<Outcome> {
  return chain.send({
    from: carrier,
    to: rootAddress(first),
    value: value ?? rootDeployAttachment(first),
    init: rootInit(first),
    body: deployRootBody(),
  });
}

/** What can be done with a root on a chain. */
export function rootOn(chain: TestChain, options: RootChainOptions = {}): RootChain {
  const address = rootAddress({ ...genesis, ...options.overrides });
  const call: RootChain["call"] = (body, value = rootAttachment, from = carrier) =>
    chain.send({ from, to: address, value, body });
  const state = (): Promise<RootState> =>
    agreedState(chain, address, {
      getter: rootGetter,
      parse: parseRoot,
      parseData: parseRootData,
    });
  const sign: RootChain["sign"] = async (resolution, fields = {}) => {
    const { governance, sequence } = await state();
    const { signers = options.signers ?? governors.slice(0, 2), ...others } = fields;
    const statement: Statement = {
      networkId: testNetworkId,
      root: address,
      sequence,
      validUntilSeconds: chain.now() + 3_600,
      resolution,
      ...others,
    };
    return signStatement(statement, governance, signers);
  };
  const send = async (resolution: Resolution, fields?: StatementFields): Promise<Outcome> =>
    call(statementBody(await sign(resolution, fields)));
  const propose: RootChain["propose"] = (change, fields) =>
    send({ action: "propose", change }, fields);
  const execute = (id: number): Promise<Outcome> => call(executeChangeBody(id));
  return {
    ...chain,
    address,
    call,
    state,
    sign,
    propose,
    execute,
    cancel: (id, fields) => send({ action: "cancel", id }, fields),
    revoke: (revocation, fields) => send({ action: "revoke", revocation }, fields),
    enact: async (change, fields) => {
      const { governance, sequence } = await state();
      assertDone(await propose(change, fields));
      chain.wait(governance.delaySeconds);
      const outcome = await execute(sequence);
      assertDone(outcome);
      return outcome;
    },
  };
}

export function assertDone(outcome: Outcome): void {
  assert.deepEqual([outcome.exitCode, outcome.actionCode], [0, 0]);
}

/** A refusal returns what was sent, less the gas. */
export function assertRefused(outcome: Outcome, name: string): void {
  assert.equal(exitCodeName(outcome.exitCode ?? 0), name);
  assert.ok(outcome.bounced !== undefined);
  assert.deepEqual(outcome.sent, []);
  assert.deepEqual(outcome.events, []);
}

/** A cell of raw bits, for what no wrapper would make. */
export function rawCell(...fields: readonly (readonly [bigint | number, number])[]): Cell {
  const builder = beginCell();
  for (const [value, bits] of fields) builder.storeUint(value, bits);
  return builder.endCell();
}
