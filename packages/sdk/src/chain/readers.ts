// Our contracts as they stand on the chain. Code and address are checked before a word is believed.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import {
  channelAddress,
  channelCode,
  channelGetter,
  type ChannelState,
  type ContractCode,
  type GetterStack,
  parseChannel,
  parseProxyBond,
  parseRoot,
  parseWorkerBond,
  proxyBondAddress,
  proxyBondCode,
  proxyBondGetter,
  type ProxyBondState,
  rootAddress,
  rootCode,
  rootGetter,
  type RootState,
  workerBondAddress,
  workerBondCode,
  workerBondGetter,
  type WorkerBondState,
} from "@cocoon/contracts";
import type { ChainClient } from "./client.ts";

type Contract<State> = {
  readonly code: ContractCode;
  readonly getter: string;
  readonly parse: (stack: GetterStack) => State;
  readonly addressOf: (state: State) => RawAddress;
};

const root: Contract<RootState> = {
  code: rootCode,
  getter: rootGetter,
  parse: parseRoot,
  addressOf: ({ genesis }) => rootAddress(genesis),
};
const proxyBond: Contract<ProxyBondState> = {
  code: proxyBondCode,
  getter: proxyBondGetter,
  parse: parseProxyBond,
  addressOf: proxyBondAddress,
};
const workerBond: Contract<WorkerBondState> = {
  code: workerBondCode,
  getter: workerBondGetter,
  parse: parseWorkerBond,
  addressOf: workerBondAddress,
};
const channel: Contract<ChannelState> = {
  code: channelCode,
  getter: channelGetter,
  parse: parseChannel,
  addressOf: channelAddress,
};

/** The root. Throws contract_unexpected when nothing, or something else, is deployed there. */
export async function readRoot(client: ChainClient, address: RawAddress): Promise<RootState> {
  const state = await readContract(client, address, root);
  if (state !== undefined) return state;
  throw new CocoonError("contract_unexpected", { address, reason: "nothing deployed" });
}

/** A proxy's bond, or undefined when nothing is deployed there. Throws contract_unexpected when it is something else. */
export const readProxyBond = readerOf(proxyBond);

/** A worker's bond, or undefined when nothing is deployed there. Throws contract_unexpected when it is something else. */
export const readWorkerBond = readerOf(workerBond);

/** A channel, or undefined when it is not opened or gone. Throws contract_unexpected when it is something else. */
export const readChannel = readerOf(channel);

function readerOf<State>(
  contract: Contract<State>,
): (client: ChainClient, address: RawAddress) => Promise<State | undefined> {
  return (client, address) => readContract(client, address, contract);
}

/** The address must be the one that the state's own constant part has, so that no other data was deployed first. */
async function readContract<State>(
  client: ChainClient,
  address: RawAddress,
  contract: Contract<State>,
): Promise<State | undefined> {
  const account = await client.account(address);
  if (account.status === "uninitialized") return undefined;
  if (account.codeHash !== contract.code.hash) {
    throw new CocoonError("contract_unexpected", { address, reason: "another code" });
  }
  const state = contract.parse(await client.get(address, contract.getter));
  if (contract.addressOf(state) !== address) {
    throw new CocoonError("contract_unexpected", { address, reason: "another deployment" });
  }
  return state;
}
