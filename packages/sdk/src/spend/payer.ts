import type { RawAddress } from "@cocoon/protocol";
import type { Wallet, WalletMessage } from "../chain/index.ts";

/** Who puts money into channels, and gets back what is left: a key of ours, or a wallet that asks its owner. */
export type Payer = {
  readonly address: RawAddress;
  /**
   * Sends one message, from this address. Resolves when it is on its way: what it does is seen on the chain. Throws
   * wallet_insufficient, transaction_failed, cancelled or chain_*.
   */
  readonly pay: (message: WalletMessage) => Promise<void>;
};

/** Pays from a wallet whose key is here. */
export function walletPayer(wallet: Wallet): Payer {
  return {
    address: wallet.address,
    pay: async (message) => {
      await wallet.send([message]);
    },
  };
}
