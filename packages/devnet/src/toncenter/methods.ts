import type { Ledger } from "../ledger/index.ts";
import {
  getAddressBalance,
  getAddressInformation,
  getAddressState,
  getExtendedAddressInformation,
  getWalletInformation,
} from "./accounts.ts";
import { detectAddress, packAddress, unpackAddress } from "./addresses.ts";
import {
  getBlockHeader,
  getBlockTransactions,
  getConsensusBlock,
  getMasterchainInfo,
  lookupBlock,
  shards,
} from "./blocks.ts";
import {
  estimateFee,
  getConfigAll,
  getConfigParam,
  runGetMethod,
  runGetMethodStd,
  sendBoc,
  sendBocReturnHash,
} from "./contracts.ts";
import type { Params } from "./params.ts";
import { getTokenData } from "./tokens.ts";
import { getTransactions, tryLocateResultTx, tryLocateSourceTx } from "./transactions.ts";

/** Answers one call. Undefined: there is no such block or transaction. Throws CocoonError. */
export type Method = (ledger: Ledger, params: Params) => unknown;

/** The part of toncenter's API v2 that TonClient, wallets and simple explorers call. */
export const methods: ReadonlyMap<string, Method> = new Map<string, Method>(
  Object.entries({
    getAddressBalance,
    getAddressInformation,
    getAddressState,
    getExtendedAddressInformation,
    getWalletInformation,
    getTokenData,
    getMasterchainInfo,
    getConsensusBlock,
    getBlockHeader,
    getBlockTransactions,
    lookupBlock,
    shards,
    getShards: shards,
    getTransactions,
    tryLocateTx: tryLocateResultTx,
    tryLocateResultTx,
    tryLocateSourceTx,
    runGetMethod,
    runGetMethodStd,
    sendBoc,
    sendBocReturnHash,
    estimateFee,
    getConfigParam,
    getConfigAll,
    detectAddress,
    packAddress,
    unpackAddress,
  }),
);
