import type { RawAddress } from "@cocoon/protocol";
import type { AccountView, Ledger } from "../../ledger/index.ts";
import { base64OfCell, walletFields } from "../accounts.ts";
import { type Params, refuse } from "../params.ts";
import { base64OfHex, type Json } from "../shapes.ts";
import { walletNames } from "../wallets.ts";
import { hashOf, indexedAddress, noBookNorMetadata } from "./shapes.ts";

/** The real one takes 1,024 too. */
const addressesMax = 1_024;

export function accountStates(ledger: Ledger, params: Params): Json {
  const includeBoc = params.boolean("include_boc", true);
  const accounts = addressesOf(params).map((address) => {
    const account = ledger.account(address);
    return {
      ...stateOf(address, account),
      data_hash: hashOf(account.data),
      frozen_hash: account.frozenHash === undefined ? null : base64OfHex(account.frozenHash),
      ...(includeBoc && {
        code_boc: account.code === undefined ? null : base64OfCell(account.code),
        data_boc: account.data === undefined ? null : base64OfCell(account.data),
      }),
    };
  });
  return { accounts, ...noBookNorMetadata };
}

export async function walletStates(ledger: Ledger, params: Params): Promise<Json> {
  const wallets = addressesOf(params).map((address) => walletOf(ledger, address));
  return { wallets: await Promise.all(wallets), ...noBookNorMetadata };
}

/** The shape of this one is API v2's. */
export async function walletInformation(ledger: Ledger, params: Params): Promise<Json> {
  const address = params.address("address");
  const account = ledger.account(address);
  const name = walletNames.get(account.code?.hash().toString("hex") ?? "");
  return {
    balance: account.balanceNanotons.toString(),
    status: statusOf(account),
    ...(name !== undefined && (await walletFields(ledger, address, name))),
    last_transaction_lt: account.lastLt.toString(),
    last_transaction_hash: base64OfHex(account.lastHash),
  };
}

async function walletOf(ledger: Ledger, address: RawAddress): Promise<Json> {
  const account = ledger.account(address);
  const name = walletNames.get(account.code?.hash().toString("hex") ?? "");
  return {
    ...stateOf(address, account),
    is_wallet: name !== undefined,
    ...(name !== undefined && (await walletFields(ledger, address, name))),
  };
}

function stateOf(address: RawAddress, account: AccountView): Json {
  return {
    address: indexedAddress(address),
    balance: account.balanceNanotons.toString(),
    extra_currencies: {},
    status: statusOf(account),
    code_hash: hashOf(account.code),
    last_transaction_hash: base64OfHex(account.lastHash),
    last_transaction_lt: account.lastLt.toString(),
  };
}

export function statusOf({ phase }: AccountView): string {
  return phase === "uninitialized" ? "uninit" : phase;
}

function addressesOf(params: Params): readonly RawAddress[] {
  const addresses = params.addresses("address", addressesMax);
  if (addresses.length === 0) throw refuse("address");
  return addresses;
}
