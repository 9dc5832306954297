// What a worker's owner, its auditors and governance do with its bond. All throw as Wallet.send does.

import { type Nanotons, nanotons, type RawAddress, type Verdict } from "@cocoon/protocol";
import {
  type AuditorSignature,
  cancelVerdictBody,
  depositWorkerBody,
  executeVerdictBody,
  registerWorkerBody,
  requestUnbondWorkerBody,
  submitVerdictBody,
  withdrawWorkerBody,
  workerBondAddress,
  workerBondAttachment,
  workerBondInit,
  type WorkerBondParams,
} from "@cocoon/contracts";
import { operate, type Operation } from "./operation.ts";
import type { Wallet } from "./wallet.ts";

/** The owner is the wallet that registers. */
export type RegisterWorkerBondOptions = Omit<WorkerBondParams, "owner"> & {
  readonly bond: Nanotons;
};

/** Deploys and registers a bond that this wallet owns. */
export async function registerWorkerBond(
  wallet: Wallet,
  { bond, ...agreed }: RegisterWorkerBondOptions,
): Promise<Operation & { readonly workerBond: RawAddress }> {
  const params = { ...agreed, owner: wallet.address };
  const workerBond = workerBondAddress(params);
  const operation = await operate(wallet, {
    to: workerBond,
    value: nanotons(bond + workerBondAttachment.register),
    init: workerBondInit(params),
    body: registerWorkerBody(bond),
  });
  return { ...operation, workerBond };
}

/** Adds to the bond. */
export function depositWorkerBond(
  wallet: Wallet,
  workerBond: RawAddress,
  amount: Nanotons,
): Promise<Operation> {
  const value = nanotons(amount + workerBondAttachment.other);
  return operate(wallet, { to: workerBond, value, body: depositWorkerBody(amount) });
}

/** Starts the close delay. */
export function requestWorkerUnbond(wallet: Wallet, workerBond: RawAddress): Promise<Operation> {
  const value = workerBondAttachment.other;
  return operate(wallet, { to: workerBond, value, body: requestUnbondWorkerBody() });
}

/** After the close delay, while no verdict is pending: takes the bond. */
export function withdrawWorkerBond(wallet: Wallet, workerBond: RawAddress): Promise<Operation> {
  const value = workerBondAttachment.other;
  return operate(wallet, { to: workerBond, value, body: withdrawWorkerBody() });
}

/** By anyone, who gets the bounty once the verdict is executed. */
export function submitVerdict(
  wallet: Wallet,
  workerBond: RawAddress,
  verdict: Pick<Verdict, "receipt" | "reason">,
  signatures: readonly AuditorSignature[],
): Promise<Operation> {
  const body = submitVerdictBody(verdict, signatures);
  return operate(wallet, { to: workerBond, value: workerBondAttachment.other, body });
}

/** By governance alone, before the verdict is executed. */
export function cancelVerdict(wallet: Wallet, workerBond: RawAddress): Promise<Operation> {
  const value = workerBondAttachment.other;
  return operate(wallet, { to: workerBond, value, body: cancelVerdictBody() });
}

/** By anyone, after the dispute delay: the bounty goes to who submitted the verdict. */
export function executeVerdict(wallet: Wallet, workerBond: RawAddress): Promise<Operation> {
  const value = workerBondAttachment.other;
  return operate(wallet, { to: workerBond, value, body: executeVerdictBody() });
}
