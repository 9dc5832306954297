// What anyone does who can prove a fault: the reporter gets the bounty. All throw as Wallet.send does.

import type { RawAddress } from "@cocoon/protocol";
import {
  type BrokenPromise,
  type Contradiction,
  type DoubleReceipt,
  slashAttachment,
  slashContradictionBody,
  slashDoubleReceiptBody,
  slashOmissionBody,
} from "@cocoon/contracts";
import { operate, type Operation } from "./operation.ts";
import type { Wallet } from "./wallet.ts";

/** Slashes a proxy whose log showed two trees that one growing log cannot both have had. */
export function reportContradiction(
  wallet: Wallet,
  proxyBond: RawAddress,
  contradiction: Contradiction,
): Promise<Operation> {
  const body = slashContradictionBody(proxyBond, contradiction);
  return operate(wallet, { to: proxyBond, value: slashAttachment, body });
}

/** Slashes a proxy whose log does not hold what it promised. Throws promise_invalid besides. */
export async function reportBrokenPromise(
  wallet: Wallet,
  proxyBond: RawAddress,
  broken: BrokenPromise,
): Promise<Operation> {
  const body = slashOmissionBody(proxyBond, broken);
  return await operate(wallet, { to: proxyBond, value: slashAttachment, body });
}

/** Slashes a worker that signed two receipts for one sequence of a channel. Throws receipt_malformed besides. */
export async function reportDoubleReceipt(
  wallet: Wallet,
  workerBond: RawAddress,
  double: DoubleReceipt,
): Promise<Operation> {
  const body = slashDoubleReceiptBody(double);
  return await operate(wallet, { to: workerBond, value: slashAttachment, body });
}
