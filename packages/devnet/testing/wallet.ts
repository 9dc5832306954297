// A v5r1 wallet of the devnet, signed by the project's own keys.

import { createSigningKey, networkIds, type RawAddress } from "@cocoon/protocol";
import {
  beginCell,
  external,
  internal,
  type MessageRelaxed,
  SendMode,
  type StateInit,
  storeMessage,
} from "@ton/core";
import { WalletContractV5R1 } from "@ton/ton";

export type Transfer = {
  readonly to: RawAddress;
  readonly nanotons: bigint;
  readonly body?: string;
  /** What the receiver becomes when it is not there yet. */
  readonly init?: StateInit;
  /** Whether the money comes back when nobody is there. Default false. */
  readonly bounce?: boolean;
};

export type TestWallet = {
  readonly contract: WalletContractV5R1;
  readonly address: RawAddress;
  /** The external message, as bytes; it carries the wallet's code when the seqno is 0. */
  readonly sign: (
    seqno: number,
    transfers: readonly Transfer[],
    sendMode?: SendMode,
  ) => Promise<Buffer>;
};

/** Valid at any time that tests choose: wallets take the limit as u32. */
const validForEver = 0xffff_ffff;

/** A wallet of the key whose seed repeats this byte. */
export function createTestWallet(
  seedByte: number,
  networkGlobalId: number = networkIds.devnet,
): TestWallet {
  const key = createSigningKey(new Uint8Array(32).fill(seedByte));
  const contract = WalletContractV5R1.create({
    publicKey: Buffer.from(key.publicKey),
    walletId: { networkGlobalId },
  });
  return {
    contract,
    address: contract.address.toRawString(),
    sign: async (seqno, transfers, sendMode = SendMode.PAY_GAS_SEPARATELY) => {
      const body = await contract.createTransfer({
        seqno,
        timeout: validForEver,
        sendMode,
        messages: transfers.map(messageOf),
        signer: (cell) => Promise.resolve(Buffer.from(key.sign(cell.hash()))),
      });
      const init = seqno === 0 ? contract.init : null;
      const message = external({ to: contract.address, init, body });
      return beginCell().store(storeMessage(message)).endCell().toBoc();
    },
  };
}

function messageOf({ nanotons, bounce = false, ...rest }: Transfer): MessageRelaxed {
  return internal({ value: nanotons, bounce, ...rest });
}
