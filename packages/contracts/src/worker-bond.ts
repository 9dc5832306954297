// A worker's bond: tolk/WorkerBond.tolk.

import { beginCell, type Cell, Dictionary } from "@ton/core";
import {
  type BondedIdentity,
  bondedIdentityDigest,
  type Nanotons,
  nanotons,
  parseReceipt,
  primitives,
  type RawAddress,
  type SigningKey,
  type Verdict,
  verdictDigest,
} from "@cocoon/protocol";
import { initAddress, tonAddress } from "./address.ts";
import { bareBody, storeFixed } from "./cells.ts";
import { type ContractCode, contractCode, type ContractInit } from "./code.ts";
import { workerBondCompiled } from "./compiled/worker-bond.ts";
import { workerBondOpcodes, type WorkerBondParams } from "./worker-bond-state.ts";

export {
  parseWorkerBond,
  parseWorkerBondData,
  parseWorkerBondEvent,
  type PendingVerdict,
  type WorkerBondEvent,
  workerBondEvents,
  workerBondGetter,
  workerBondNotices,
  workerBondOpcodes,
  type WorkerBondParams,
  type WorkerBondPhase,
  type WorkerBondState,
  type WorkerFault,
  type WorkerSlash,
} from "./worker-bond-state.ts";

/** The code that every worker bond has. */
export const workerBondCode: ContractCode = contractCode(workerBondCompiled);

/** What to attach to a message beyond the amount that it names; the rest comes back. */
export const workerBondAttachment = {
  register: nanotons(200_000_000n),
  other: nanotons(50_000_000n),
} as const;

/** Code and first data of a bond. Malformed params are a bug of the caller. */
export function workerBondInit(params: WorkerBondParams): ContractInit {
  const data = beginCell()
    .storeUint(0, 8)
    .storeUint(0, 32)
    .storeCoins(0)
    .storeUint(0, 32)
    .storeRef(paramsCell(params))
    .storeMaybeRef(null)
    .storeMaybeRef(null);
  return { code: workerBondCode.cell, data: data.endCell() };
}

/** Where the bond with these params is, registered or not. */
export function workerBondAddress(params: WorkerBondParams): RawAddress {
  return initAddress(workerBondInit(params));
}

function paramsCell(params: WorkerBondParams): Cell {
  const keys = Dictionary.empty(Dictionary.Keys.Uint(8), Dictionary.Values.Buffer(32));
  for (const [index, key] of params.auditorKeys.entries()) {
    if (key.length !== 32) throw new RangeError("an auditor's key is 32 bytes");
    keys.set(index, Buffer.from(key));
  }
  const auditors = beginCell().storeUint(params.auditorThreshold, 8).storeDict(keys);
  return beginCell()
    .storeAddress(tonAddress(params.owner))
    .storeAddress(tonAddress(params.governance))
    .store(storeFixed(params.bondKey, 32))
    .storeUint(params.closeDelaySeconds, 32)
    .storeUint(params.disputeDelaySeconds, 32)
    .storeUint(params.salt, 64)
    .storeRef(auditors)
    .endCell();
}

/** From the owner, with the bond and workerBondAttachment.register as value. */
export function registerWorkerBody(bond: Nanotons, queryId = 0n): Cell {
  return beginCell()
    .storeUint(workerBondOpcodes.register, 32)
    .storeUint(queryId, 64)
    .storeCoins(bond)
    .endCell();
}

/** From the owner, with amount and workerBondAttachment.other as value. */
export function depositWorkerBody(amount: Nanotons, queryId = 0n): Cell {
  return beginCell()
    .storeUint(workerBondOpcodes.deposit, 32)
    .storeUint(queryId, 64)
    .storeCoins(amount)
    .endCell();
}

/** From the owner: starts the close delay. */
export function requestUnbondWorkerBody(queryId = 0n): Cell {
  return bareBody(workerBondOpcodes.requestUnbond, queryId);
}

/** From the owner, after the close delay and while no verdict is pending. */
export function withdrawWorkerBody(queryId = 0n): Cell {
  return bareBody(workerBondOpcodes.withdraw, queryId);
}

/** An identity key with the bond key's signature over bondedIdentityDigest(), 64 bytes. */
export type VouchedIdentity = {
  readonly identityKey: Uint8Array;
  readonly notAfterSeconds: number;
  readonly signature: Uint8Array;
};

/** Vouches for an identity key, as each boot has a new one. */
export function vouchForIdentity(bondKey: SigningKey, identity: BondedIdentity): VouchedIdentity {
  const { identityKey, notAfterSeconds } = identity;
  return { identityKey, notAfterSeconds, signature: bondKey.sign(bondedIdentityDigest(identity)) };
}

/** Whether the bond with this key vouches for the identity until its end. Never throws on bad bytes. */
export function isVouchedFor(
  bondKey: Uint8Array,
  { identityKey, notAfterSeconds, signature }: VouchedIdentity,
  place: Pick<BondedIdentity, "networkId" | "bond">,
): boolean {
  if (identityKey.length !== 32) return false;
  const digest = bondedIdentityDigest({ ...place, identityKey, notAfterSeconds });
  return primitives.ed25519Verify(bondKey, digest, signature);
}

/** Two receipts that one identity key signed for one sequence of one channel, 385 bytes each. */
export type DoubleReceipt = {
  readonly identity: VouchedIdentity;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
};

/** From anyone, with slashAttachment: the sender gets the bounty. Throws receipt_malformed. */
export function slashDoubleReceiptBody(
  { identity, first, second }: DoubleReceipt,
  queryId = 0n,
): Cell {
  const vouched = beginCell()
    .store(storeFixed(identity.identityKey, 32))
    .storeUint(identity.notAfterSeconds, 64)
    .store(storeFixed(identity.signature, 64));
  return beginCell()
    .storeUint(workerBondOpcodes.doubleReceipt, 32)
    .storeUint(queryId, 64)
    .storeRef(vouched)
    .storeRef(receiptCell(first))
    .storeRef(receiptCell(second))
    .endCell();
}

/** The signature, and the 321 bytes that it is over in three cells of 107. */
function receiptCell(receipt: Uint8Array): Cell {
  const { signature } = parseReceipt(receipt);
  const part = (index: number) =>
    beginCell().store(storeFixed(receipt.subarray(107 * index, 107 * (index + 1)), 107));
  return beginCell()
    .store(storeFixed(signature, 64))
    .storeRef(part(0))
    .storeRef(part(1))
    .storeRef(part(2))
    .endCell();
}

export type AuditorSignature = {
  /** Of the auditor's key in the params. */
  readonly auditor: number;
  /** Over verdictDigest(), 64 bytes. */
  readonly signature: Uint8Array;
};

/** One auditor's part of a verdict; its number is that of its key in the params. */
export function signVerdict(key: SigningKey, auditor: number, verdict: Verdict): AuditorSignature {
  return { auditor, signature: key.sign(verdictDigest(verdict)) };
}

/** From anyone: the sender gets the bounty when the verdict is executed. */
export function submitVerdictBody(
  verdict: { readonly receipt: Uint8Array; readonly reason: number },
  signatures: readonly AuditorSignature[],
  queryId = 0n,
): Cell {
  const ordered = signatures.toSorted((one, other) => one.auditor - other.auditor);
  return beginCell()
    .storeUint(workerBondOpcodes.submitVerdict, 32)
    .storeUint(queryId, 64)
    .store(storeFixed(verdict.receipt, 32))
    .storeUint(verdict.reason, 8)
    .storeRef(signatureCell(ordered))
    .endCell();
}

function signatureCell([first, ...rest]: readonly AuditorSignature[]): Cell {
  if (first === undefined) throw new RangeError("a verdict has signatures");
  return beginCell()
    .storeUint(first.auditor, 8)
    .store(storeFixed(first.signature, 64))
    .storeMaybeRef(rest.length === 0 ? null : signatureCell(rest))
    .endCell();
}

/** From governance, before the verdict is executed. */
export function cancelVerdictBody(queryId = 0n): Cell {
  return bareBody(workerBondOpcodes.cancelVerdict, queryId);
}

/** From anyone, after the dispute delay. */
export function executeVerdictBody(queryId = 0n): Cell {
  return bareBody(workerBondOpcodes.executeVerdict, queryId);
}
