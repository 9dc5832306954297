// Transfers of the v5r1 wallet contract, signed with the protocol's signing key.

import { beginCell, type Cell, external, internal, SendMode, storeMessage } from "@ton/core";
import { WalletContractV5R1 } from "@ton/ton";
import type { Nanotons, RawAddress, SigningKey } from "@cocoon/protocol";
import { type ContractInit, rawAddress, tonAddress } from "@cocoon/contracts";

/** A message that a wallet sends. */
export type WalletMessage = {
  readonly to: RawAddress;
  readonly value: Nanotons;
  readonly body?: Cell;
  /** Code and data that the message deploys. */
  readonly init?: ContractInit;
  /** Whether the value returns when the destination fails or has no code. Default true. */
  readonly bounce?: boolean;
};

/** A signed external message to a wallet. */
export type Transfer = {
  /** The whole message, for the network. */
  readonly message: Cell;
  /** Its body, by which it is recognised. */
  readonly body: Cell;
  readonly seqno: number;
  /** By the chain's clock, Unix seconds. */
  readonly validUntilSeconds: number;
};

/** Makes transfers of one wallet. The wallet's address depends on key and network. */
export class TransferSigner {
  readonly address: RawAddress;
  readonly #key: SigningKey;
  readonly #contract: WalletContractV5R1;

  constructor(key: SigningKey, networkId: number) {
    this.#key = key;
    this.#contract = WalletContractV5R1.create({
      publicKey: Buffer.from(key.publicKey),
      walletId: { networkGlobalId: networkId },
    });
    this.address = rawAddress(this.#contract.address);
  }

  /** Signs one transfer of these messages; the first of a wallet also deploys it. */
  async sign(
    messages: readonly WalletMessage[],
    options: {
      readonly seqno: number;
      readonly validUntilSeconds: number;
      readonly deploys: boolean;
    },
  ): Promise<Transfer> {
    const { seqno, validUntilSeconds, deploys } = options;
    const body = await this.#contract.createTransfer({
      seqno,
      timeout: validUntilSeconds,
      sendMode: SendMode.PAY_GAS_SEPARATELY,
      messages: messages.map(outgoing),
      signer: (unsigned: Cell) => Promise.resolve(Buffer.from(this.#key.sign(unsigned.hash()))),
    });
    const { address, init } = this.#contract;
    const message = external({ to: address, body, ...(deploys && { init }) });
    return {
      message: beginCell().store(storeMessage(message)).endCell(),
      body,
      seqno,
      validUntilSeconds,
    };
  }
}

function outgoing({ to, value, body, init, bounce = true }: WalletMessage) {
  return internal({
    to: tonAddress(to),
    value,
    bounce,
    ...(body && { body }),
    ...(init && { init }),
  });
}

/**
 * The seqno of a signed request to a v5r1 wallet, or undefined when the body is another. Wallet contract v5r1, TL-B
 * signed_request:
 *
 *     opcode        32 bits   "sign"
 *     wallet id     32 bits
 *     valid until   32 bits
 *     seqno         32 bits
 */
export function transferSeqno(body: Cell): number | undefined {
  const slice = body.beginParse();
  if (slice.remainingBits < 128) return undefined;
  if (slice.loadUint(32) !== WalletContractV5R1.OpCodes.auth_signed_external) return undefined;
  return slice.skip(64).loadUint(32);
}
