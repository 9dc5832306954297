import { Address, contractAddress } from "@ton/core";
import { encodeAddress, type RawAddress } from "@cocoon/protocol";
import type { ContractInit } from "./code.ts";

/** All our contracts live in the basechain; their fees are computed for it. */
const basechain = 0;

/** TON's address object of a raw address that is known to be well-formed; anything else is a bug. */
export function tonAddress(address: RawAddress): Address {
  encodeAddress(address);
  return Address.parseRaw(address);
}

/** The raw form of an address. */
export function rawAddress(address: Address): RawAddress {
  return address.toRawString();
}

/** The address that a deployment of this code and data has. */
export function initAddress(init: ContractInit): RawAddress {
  return rawAddress(contractAddress(basechain, init));
}
