// What governance does with the root. All throw as Wallet.send does.

import type { RawAddress } from "@cocoon/protocol";
import {
  type Measurement,
  type ModelListing,
  type NetworkParams,
  removeMeasurementBody,
  removeModelBody,
  rootAddress,
  rootAttachment,
  rootInit,
  setMeasurementBody,
  setModelBody,
  setParamsBody,
} from "@cocoon/contracts";
import type { Cell } from "@ton/core";
import { operate, type Operation, operationOf } from "./operation.ts";
import type { Wallet } from "./wallet.ts";

export type DeployRootOptions = {
  /** Tells networks of one governance apart. */
  readonly salt: bigint;
  readonly params: NetworkParams;
  /** By manifest hash, lower-case hex. */
  readonly models?: ReadonlyMap<string, ModelListing>;
  /** By image hash, lower-case hex. */
  readonly measurements?: ReadonlyMap<string, Measurement>;
};

/** Deploys a root that this wallet governs, with its first lists, in one transaction of the wallet. */
export async function deployRoot(
  wallet: Wallet,
  options: DeployRootOptions,
): Promise<Operation & { readonly root: RawAddress }> {
  const identity = { governance: wallet.address, salt: options.salt };
  const root = rootAddress(identity);
  const init = rootInit(identity);
  const bodies = [
    setParamsBody(options.params),
    ...[...(options.models ?? [])].map(([hash, listing]) => setModelBody(hash, listing)),
    ...[...(options.measurements ?? [])].map(([hash, entry]) => setMeasurementBody(hash, entry)),
  ];
  const messages = bodies.map((body) => ({ to: root, value: rootAttachment, init, body }));
  return { ...operationOf(await wallet.send(messages)), root };
}

export function setParams(
  wallet: Wallet,
  root: RawAddress,
  params: NetworkParams,
): Promise<Operation> {
  return change(wallet, root, setParamsBody(params));
}

/** Lists a model, or changes its listing. */
export function setModel(
  wallet: Wallet,
  root: RawAddress,
  manifestHash: string,
  listing: ModelListing,
): Promise<Operation> {
  return change(wallet, root, setModelBody(manifestHash, listing));
}

export function removeModel(
  wallet: Wallet,
  root: RawAddress,
  manifestHash: string,
): Promise<Operation> {
  return change(wallet, root, removeModelBody(manifestHash));
}

/** Allows an image, or changes what it may be. */
export function setMeasurement(
  wallet: Wallet,
  root: RawAddress,
  imageHash: string,
  measurement: Measurement,
): Promise<Operation> {
  return change(wallet, root, setMeasurementBody(imageHash, measurement));
}

export function removeMeasurement(
  wallet: Wallet,
  root: RawAddress,
  imageHash: string,
): Promise<Operation> {
  return change(wallet, root, removeMeasurementBody(imageHash));
}

function change(wallet: Wallet, root: RawAddress, body: Cell): Promise<Operation> {
  return operate(wallet, { to: root, value: rootAttachment, body });
}
