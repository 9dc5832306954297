import { CocoonError, type RawAddress } from "@cocoon/protocol";
import type { Cell } from "@ton/core";
import { type AccountView, blockId, type Ledger } from "../ledger/index.ts";
import type { Params } from "./params.ts";
import { base64OfHex, blockIdExt, type Json, transactionId } from "./shapes.ts";
import { walletNames } from "./wallets.ts";

export function getAddressInformation(ledger: Ledger, params: Params): Json {
  const account = accountOf(ledger, params);
  return {
    "@type": "raw.fullAccountState",
    ...commonFields(ledger, account),
    ...contentFields(account),
    state: account.phase,
  };
}

export function getExtendedAddressInformation(ledger: Ledger, params: Params): Json {
  const account = accountOf(ledger, params);
  const state =
    account.phase === "uninitialized"
      ? { "@type": "uninited.accountState", frozen_hash: "" }
      : { "@type": "raw.accountState", ...contentFields(account) };
  return {
    "@type": "fullAccountState",
    address: { "@type": "accountAddress", account_address: params.address("address") },
    ...commonFields(ledger, account),
    account_state: state,
    revision: 0,
  };
}

export function getAddressBalance(ledger: Ledger, params: Params): string {
  return accountOf(ledger, params).balanceNanotons.toString();
}

export function getAddressState(ledger: Ledger, params: Params): string {
  return accountOf(ledger, params).phase;
}

export async function getWalletInformation(ledger: Ledger, params: Params): Promise<Json> {
  const account = accountOf(ledger, params);
  const name = walletNames.get(account.code?.hash().toString("hex") ?? "");
  return {
    "@type": "ext.accounts.walletInformation",
    wallet: name !== undefined,
    balance: account.balanceNanotons.toString(),
    account_state: account.phase,
    last_transaction_id: transactionId(account.lastLt, account.lastHash),
    ...(name !== undefined && (await walletFields(ledger, params.address("address"), name))),
  };
}

/** Throws block_unkept when the state of an old block is asked for: only the newest is kept in this form. */
function accountOf(ledger: Ledger, params: Params): AccountView {
  const address = params.address("address");
  if (params.has("seqno") && params.integer("seqno") !== ledger.lastBlock.seqno) {
    throw new CocoonError("block_unkept");
  }
  return ledger.account(address);
}

function commonFields(ledger: Ledger, account: AccountView): Json {
  return {
    balance: account.balanceNanotons.toString(),
    extra_currencies: [],
    last_transaction_id: transactionId(account.lastLt, account.lastHash),
    block_id: blockIdExt(blockId(ledger.lastBlock, -1)),
    sync_utime: ledger.nowSeconds(),
  };
}

function contentFields(account: AccountView): Json {
  return {
    code: base64OfCell(account.code),
    data: base64OfCell(account.data),
    frozen_hash: base64OfHex(account.frozenHash ?? ""),
  };
}

/** What a wallet's get methods tell; the oldest wallets have neither. */
export async function walletFields(
  ledger: Ledger,
  address: RawAddress,
  name: string,
): Promise<Json> {
  const seqno = await numberOf(ledger, address, "seqno");
  const walletId = await numberOf(ledger, address, "get_subwallet_id");
  return {
    wallet_type: name,
    ...(seqno !== undefined && { seqno }),
    ...(walletId !== undefined && { wallet_id: walletId }),
  };
}

async function numberOf(
  ledger: Ledger,
  address: RawAddress,
  method: string,
): Promise<number | undefined> {
  const output = await ledger.runGetMethod(address, method, []);
  const item = output?.exitCode === 0 ? output.stack[0] : undefined;
  return item?.type === "int" ? Number(item.value) : undefined;
}

export function base64OfCell(cell: Cell | undefined): string {
  return cell?.toBoc().toString("base64") ?? "";
}
