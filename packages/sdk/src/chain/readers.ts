// Our contracts as they stand on the chain. Code and address are checked before a word is believed.

import type { Cell } from "@ton/core";
import { CocoonError, type RawAddress } from "@cocoon/protocol";
import {
  channelAddress,
  channelCode,
  type ChannelState,
  type ContractCode,
  parseChannelData,
  parseProxyBondData,
  parseRootData,
  parseWorkerBondData,
  proxyBondAddress,
  proxyBondCode,
  type ProxyBondState,
  rootAddress,
  rootCode,
  type RootState,
  workerBondAddress,
  workerBondCode,
  type WorkerBondState,
} from "@cocoon/contracts";
import type { TonAccount } from "../account/index.ts";
import type { ChainClient } from "./client.ts";

/** The part of a chain client that reads money accounts. */
export type AccountReader = Pick<ChainClient, "trustedAccount">;

/** The same, and which network it reads. */
export type NetworkReader = AccountReader & Pick<ChainClient, "networkId">;

type Contract<State> = {
  readonly code: ContractCode;
  readonly parse: (data: Cell) => State;
  readonly addressOf: (state: State) => RawAddress;
};

const root: Contract<RootState> = {
  code: rootCode,
  parse: parseRootData,
  addressOf: ({ genesis }) => rootAddress(genesis),
};
const proxyBond: Contract<ProxyBondState> = {
  code: proxyBondCode,
  parse: parseProxyBondData,
  addressOf: proxyBondAddress,
};
const workerBond: Contract<WorkerBondState> = {
  code: workerBondCode,
  parse: parseWorkerBondData,
  addressOf: workerBondAddress,
};
const channel: Contract<ChannelState> = {
  code: channelCode,
  parse: parseChannelData,
  addressOf: channelAddress,
};

/** The root. Throws contract_unexpected when nothing, or something else, is deployed there. */
export async function readRoot(client: AccountReader, address: RawAddress): Promise<RootState> {
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
): (client: AccountReader, address: RawAddress) => Promise<State | undefined> {
  return (client, address) => readContract(client, address, contract);
}

/**
 * Channels by the word of one endpoint, in few requests; undefined where one is not opened, gone, or no channel at all. What
 * it says of money is to be read again with readChannel().
 */
export async function glanceAtChannels(
  client: ChainClient,
  addresses: readonly RawAddress[],
): Promise<ReadonlyMap<RawAddress, ChannelState | undefined>> {
  const accounts = await client.accounts(addresses);
  return new Map(
    [...accounts].map(([address, account]) => {
      try {
        return [address, stateOf(address, account, channel)];
      } catch (error) {
        if (error instanceof CocoonError) return [address, undefined];
        throw error;
      }
    }),
  );
}

async function readContract<State>(
  client: AccountReader,
  address: RawAddress,
  contract: Contract<State>,
): Promise<State | undefined> {
  return stateOf(address, await client.trustedAccount(address), contract);
}

/** The address must be the one that the state's own constant part has, so that no other data was deployed first. */
function stateOf<State>(
  address: RawAddress,
  { status, code, data }: TonAccount,
  contract: Contract<State>,
): State | undefined {
  if (status === "uninitialized") return undefined;
  if (code?.hash().toString("hex") !== contract.code.hash || data === undefined) {
    throw new CocoonError("contract_unexpected", { address, reason: "another code" });
  }
  const state = contract.parse(data);
  if (contract.addressOf(state) !== address) {
    throw new CocoonError("contract_unexpected", { address, reason: "another deployment" });
  }
  return state;
}
