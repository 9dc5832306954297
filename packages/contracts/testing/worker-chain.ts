// A worker bond on a test chain, and what its keys may sign.

import {
  nanotons,
  parseReceipt,
  type RawAddress,
  type ReceiptFields,
  signReceipt,
  type SigningKey,
} from "@cocoon/protocol";
import type { Cell } from "@ton/core";
import * as contracts from "../src/index.ts";
import {
  agreedState,
  createTestChain,
  type Outcome,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "./chain.ts";
import { testNetworkId } from "./prices.ts";

export const owner = testAddress("owner");
export const governance = testAddress("governance");
export const reporter = testAddress("reporter");
export const bondKey = testKey("bond");
export const identityKey = testKey("identity");
export const auditors: readonly SigningKey[] = Array.from({ length: 10 }, (_, index) =>
  testKey(`auditor ${index}`),
);
export const workerParams: contracts.WorkerBondParams = {
  owner,
  governance,
  bondKey: bondKey.publicKey,
  closeDelaySeconds: contracts.closeDelayMinSeconds,
  disputeDelaySeconds: 86_400,
  salt: 2n ** 64n - 1n,
  auditorThreshold: 10,
  auditorKeys: auditors.map(({ publicKey }) => publicKey),
};
export const workerBond = nanotons(100n * ton);

const fields: ReceiptFields = {
  requestId: new Uint8Array(16).fill(1),
  headerHash: new Uint8Array(32).fill(2),
  claimsHash: new Uint8Array(32).fill(3),
  manifestHash: new Uint8Array(32).fill(4),
  channel: testAddress("channel"),
  sequence: 7,
  tier: "open",
  usage: { promptTokens: 17, completionTokens: 211 },
  terms: {
    promptPerMillion: nanotons(25_000_000n),
    completionPerMillion: nanotons(80_000_000n),
    feeBps: 250,
  },
  requestHash: new Uint8Array(32).fill(5),
  answerHash: new Uint8Array(32).fill(6),
  chunkCount: 12,
  startedAtMs: 1_795_000_000_000,
  finishedAtMs: 1_795_000_001_234,
  finishReason: "stop",
  contentCommitment: new Uint8Array(32).fill(7),
};

/** A receipt of 385 bytes; the same changes give the same receipt. */
export function receiptWith(
  changes: Partial<ReceiptFields> = {},
  key: SigningKey = identityKey,
): Uint8Array {
  const bytes = signReceipt(key, { ...fields, ...changes });
  parseReceipt(bytes);
  return bytes;
}

export function vouch(
  bond: RawAddress,
  notAfterSeconds: number,
  { key = bondKey, networkId = testNetworkId } = {},
): contracts.VouchedIdentity {
  const identity = { networkId, bond, identityKey: identityKey.publicKey, notAfterSeconds };
  return contracts.vouchForIdentity(key, identity);
}

export type JudgedBy = { readonly round?: number; readonly by?: readonly number[] };

/** What auditors sign of the receipt with this seed. */
export function verdictBody(
  bond: RawAddress,
  seed: number,
  { round = 0, by = [...auditors.keys()] }: JudgedBy = {},
): Cell {
  const verdict = { receipt: new Uint8Array(32).fill(seed), reason: 3 };
  const said = { networkId: testNetworkId, bond, round, ...verdict };
  const signatures = by.map((auditor) =>
    contracts.signVerdict(auditors[auditor] ?? testKey("nobody"), auditor, said),
  );
  return contracts.submitVerdictBody(verdict, signatures);
}

export type WorkerChain = TestChain & {
  readonly address: RawAddress;
  register(value?: bigint): Promise<Outcome>;
  call(from: RawAddress, body: Cell | undefined, value?: bigint): Promise<Outcome>;
  state(): Promise<contracts.WorkerBondState>;
};

export async function createWorkerChain(
  overrides: Partial<contracts.WorkerBondParams> = {},
  chain?: TestChain,
): Promise<WorkerChain> {
  const base = chain ?? (await createTestChain());
  const params = { ...workerParams, ...overrides };
  const to = contracts.workerBondAddress(params);
  return {
    ...base,
    address: to,
    register: (value = workerBond + contracts.workerBondAttachment.register) =>
      base.send({
        from: params.owner,
        to,
        value,
        init: contracts.workerBondInit(params),
        body: contracts.registerWorkerBody(workerBond),
      }),
    call: (from, body, value = contracts.slashAttachment) =>
      base.send({ from, to, value, ...(body && { body }) }),
    state: () =>
      agreedState(base, to, {
        getter: contracts.workerBondGetter,
        parse: contracts.parseWorkerBond,
        parseData: contracts.parseWorkerBondData,
      }),
  };
}
