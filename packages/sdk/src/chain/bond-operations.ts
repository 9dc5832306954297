// What a proxy's owner does with its bond. All throw as Wallet.send does.

import { type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import {
  depositBondBody,
  proxyBondAddress,
  proxyBondAttachment,
  proxyBondInit,
  type ProxyTerms,
  type ProxyTermsUpdate,
  registerBondBody,
  requestUnbondBody,
  updateTermsBody,
  withdrawBondBody,
  withdrawSurplusBody,
} from "@cocoon/contracts";
import { operate, type Operation } from "./operation.ts";
import type { Wallet } from "./wallet.ts";

export type RegisterProxyBondOptions = {
  /** Tells bonds of one owner apart. */
  readonly salt: bigint;
  readonly bond: Nanotons;
  /** What the contract may spend on anchors; one costs about 650,000 nanotons. */
  readonly anchorBudget: Nanotons;
  readonly terms: ProxyTerms;
};

/** Deploys and registers a bond that this wallet owns. */
export async function registerProxyBond(
  wallet: Wallet,
  { salt, bond, anchorBudget, terms }: RegisterProxyBondOptions,
): Promise<Operation & { readonly proxyBond: RawAddress }> {
  const params = { owner: wallet.address, salt };
  const proxyBond = proxyBondAddress(params);
  const operation = await operate(wallet, {
    to: proxyBond,
    value: nanotons(bond + anchorBudget + proxyBondAttachment.register),
    init: proxyBondInit(params),
    body: registerBondBody(bond, terms),
  });
  return { ...operation, proxyBond };
}

/** Adds to the bond. */
export function depositProxyBond(
  wallet: Wallet,
  proxyBond: RawAddress,
  amount: Nanotons,
): Promise<Operation> {
  const value = nanotons(amount + proxyBondAttachment.other);
  return operate(wallet, { to: proxyBond, value, body: depositBondBody(amount) });
}

/** Changes url and fee, and the log key when one is named. */
export function updateProxyBond(
  wallet: Wallet,
  proxyBond: RawAddress,
  update: ProxyTermsUpdate,
): Promise<Operation> {
  const value = proxyBondAttachment.other;
  return operate(wallet, { to: proxyBond, value, body: updateTermsBody(update) });
}

/** By anyone: adds to what the contract may spend on anchors. */
export function fundAnchors(
  wallet: Wallet,
  proxyBond: RawAddress,
  amount: Nanotons,
): Promise<Operation> {
  return operate(wallet, { to: proxyBond, value: amount });
}

/** Takes what lies above bond and storage reserve, the budget for anchors included. */
export function withdrawProxySurplus(wallet: Wallet, proxyBond: RawAddress): Promise<Operation> {
  const value = proxyBondAttachment.other;
  return operate(wallet, { to: proxyBond, value, body: withdrawSurplusBody() });
}

/** Starts the close delay. */
export function requestProxyUnbond(wallet: Wallet, proxyBond: RawAddress): Promise<Operation> {
  const value = proxyBondAttachment.other;
  return operate(wallet, { to: proxyBond, value, body: requestUnbondBody() });
}

/** After the close delay: takes the bond and all else but the storage reserve. */
export function withdrawProxyBond(wallet: Wallet, proxyBond: RawAddress): Promise<Operation> {
  const value = proxyBondAttachment.other;
  return operate(wallet, { to: proxyBond, value, body: withdrawBondBody() });
}
