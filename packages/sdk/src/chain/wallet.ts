// A hot wallet: the v5r1 contract, one key, one send after another.

import {
  CocoonError,
  createSigningKey,
  type Nanotons,
  nanotons,
  type RawAddress,
} from "@cocoon/protocol";
import { exitCodeName } from "@cocoon/contracts";
import { Broadcast } from "./broadcast.ts";
import type { ChainAccount, ChainClient } from "./client.ts";
import { historyAfter, unlessUnavailable, waitForTransaction } from "./history.ts";
import type { ChainMessage, ChainTransaction } from "./transaction.ts";
import { type Transfer, TransferSigner, transferSeqno, type WalletMessage } from "./transfer.ts";

/** What a send came to. */
export type SendResult = {
  /** The wallet's own transaction. */
  readonly transaction: ChainTransaction;
  /** What each message did at its destination, in order. All succeeded. */
  readonly received: readonly ChainTransaction[];
  /** What came back to the wallet from these, such as the rest of a value. */
  readonly returned: readonly ChainTransaction[];
  /**
   * What all of it cost: the wallet holds exactly this less than before, beyond what the contracts kept or paid. Their
   * storage is not in it, because they pay that from what they hold.
   */
  readonly feeNanotons: Nanotons;
};

export type Wallet = {
  readonly address: RawAddress;
  readonly client: ChainClient;
  readonly balance: () => Promise<Nanotons>;
  /**
   * Sends up to 255 messages in one transaction. Resolves when that and the transactions of all destinations are on
   * the chain and succeeded, and what they return has arrived. Sends at the same time wait for one another. Throws wallet_insufficient;
   * transaction_failed, with the exit code of the transaction that failed; or chain_unavailable when the chain was
   * away for so long that the outcome is not known.
   */
  readonly send: (messages: readonly WalletMessage[]) => Promise<SendResult>;
  /**
   * As send(), but resolves as soon as the wallet's own transaction is on the chain: what the messages did is for the caller
   * to find out.
   */
  readonly submit: (messages: readonly WalletMessage[]) => Promise<ChainTransaction>;
};

export type WalletOptions = {
  readonly client: ChainClient;
  /** Ed25519 seed, 32 bytes. */
  readonly seed: Uint8Array;
};

/** Where the wallet of a seed is; each network has another address for it. Nothing has to be there yet. */
export function walletAddress(seed: Uint8Array, networkId: number): RawAddress {
  return new TransferSigner(createSigningKey(seed), networkId).address;
}

/** A wallet of this key on the client's network. It needs no deployment: the first send does it. */
export function createWallet({ client, seed }: WalletOptions): Wallet {
  const wallet = new HotWallet(
    client,
    new TransferSigner(createSigningKey(seed), client.networkId),
  );
  return {
    address: wallet.address,
    client,
    balance: async () => (await client.account(wallet.address)).balance,
    send: (messages) => wallet.send(messages),
    submit: (messages) => wallet.submit(messages),
  };
}

const messagesMax = 255;
/** A transfer is executed within so long, by the chain's clock, or never. */
const validForSeconds = 120;
/** What endpoints may differ by in how far they see. */
const viewSkewSeconds = 10;
/** How long to look for the outcome of what was sent while the chain is away. */
const outcomeTimeoutMs = 300_000;
/** How often another user of the same key may come first. */
const attemptsMax = 5;
/** Kept for the wallet's own gas and forwarding; a transfer of 10 messages costs about 2,000,000. */
const feeMarginNanotons = 10_000_000n;

class HotWallet {
  readonly address: RawAddress;
  readonly #client: ChainClient;
  readonly #signer: TransferSigner;
  /** Ends when the last send in line has its transaction on the chain. */
  #line: Promise<unknown> = Promise.resolve();
  /** What the next transfer must have at least, whatever an endpoint that is behind says. */
  #seqnoMin = 0;

  constructor(client: ChainClient, signer: TransferSigner) {
    this.#client = client;
    this.#signer = signer;
    this.address = signer.address;
  }

  async submit(messages: readonly WalletMessage[]): Promise<ChainTransaction> {
    if (messages.length === 0 || messages.length > messagesMax) {
      throw new RangeError("a transfer has 1 to 255 messages");
    }
    const turn = this.#line.then(() => this.#submit(messages));
    this.#line = turn.catch(() => undefined);
    const transaction = await turn;
    assertAllSent(transaction, messages.length);
    return transaction;
  }

  async send(messages: readonly WalletMessage[]): Promise<SendResult> {
    const transaction = await this.submit(messages);
    const received = await this.#receptions(transaction);
    const returned = await this.#returns(received);
    return {
      transaction,
      received,
      returned,
      feeNanotons: costOf(transaction, received, returned),
    };
  }

  async #submit(messages: readonly WalletMessage[]): Promise<ChainTransaction> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const account = await this.#client.account(this.address);
      assertFunds(account, messages);
      const transfer = await this.#signer.sign(messages, {
        seqno: Math.max(await this.#seqno(account), this.#seqnoMin),
        validUntilSeconds: account.seenAtSeconds + validForSeconds,
        deploys: account.status !== "active",
      });
      const transaction = await this.#deliver(transfer, account.lastLt);
      if (transaction !== undefined) return succeeded(transaction);
    }
    throw new CocoonError("transaction_failed", { reason: "the key is in use elsewhere" });
  }

  async #seqno(account: ChainAccount): Promise<number> {
    if (account.status !== "active") return 0;
    const [seqno] = await this.#client.get(this.address, "seqno");
    if (seqno?.type !== "int") throw new CocoonError("contract_unexpected", { method: "seqno" });
    return Number(seqno.value);
  }

  /** The wallet's transaction, or undefined when it is certain that the transfer came too late for its seqno. */
  async #deliver(transfer: Transfer, afterLt: bigint): Promise<ChainTransaction | undefined> {
    const broadcast = new Broadcast(this.#client, transfer.message);
    const deadlineMs = this.#client.clock.nowMs() + outcomeTimeoutMs;
    for (;;) {
      const refusal = await broadcast.tell();
      if (refusal !== undefined) return this.#explain(refusal, transfer);
      const look = await unlessUnavailable(this.#look(transfer, afterLt));
      if (look?.outcome !== undefined) {
        this.#seqnoMin = transfer.seqno + 1;
        return look.outcome === "taken by another" ? undefined : look.outcome;
      }
      if (look?.isExpired === true) {
        throw new CocoonError("transaction_failed", { reason: "not executed in time" });
      }
      if (this.#client.clock.nowMs() >= deadlineMs) {
        throw new CocoonError("chain_unavailable", { reason: "the outcome is not known" });
      }
      await this.#client.clock.wait(this.#client.pollMs);
    }
  }

  /** What became of a transfer so far. Its seqno proves by whom it was used: seqno and history may lag apart. */
  async #look(transfer: Transfer, afterLt: bigint): Promise<Look> {
    const account = await this.#client.account(this.address);
    const isExpired = account.seenAtSeconds > transfer.validUntilSeconds + viewSkewSeconds;
    if (account.lastLt <= afterLt) return { outcome: undefined, isExpired };
    for await (const transaction of historyAfter(this.#client, this.address, afterLt)) {
      const { incoming } = transaction;
      if (incoming?.kind !== "external-in") continue;
      if (incoming.body.equals(transfer.body)) return { outcome: transaction, isExpired };
      if (transferSeqno(incoming.body) === transfer.seqno) {
        return { outcome: "taken by another", isExpired };
      }
    }
    return { outcome: undefined, isExpired };
  }

  /** A refusal for a seqno that was used meanwhile is no failure: undefined. */
  async #explain(refusal: CocoonError, transfer: Transfer): Promise<undefined> {
    const account = await this.#client.account(this.address);
    if ((await this.#seqno(account)) === transfer.seqno) throw refusal;
    this.#seqnoMin = 0;
    return undefined;
  }

  #receptions(transaction: ChainTransaction): Promise<readonly ChainTransaction[]> {
    const sent = internalOf(transaction);
    return Promise.all(sent.map(async (message) => succeeded(await this.#arrival(message))));
  }

  #returns(received: readonly ChainTransaction[]): Promise<readonly ChainTransaction[]> {
    const sent = received.flatMap(({ outgoing }) => outgoing);
    const toWallet = sent.filter(({ destination }) => destination === this.address);
    return Promise.all(toWallet.map((message) => this.#arrival(message)));
  }

  /** The transaction that a message causes. Source and logical time name a message, and come before its effect. */
  #arrival({ source, destination = "", createdLt }: ChainMessage): Promise<ChainTransaction> {
    return waitForTransaction(this.#client, destination, {
      afterLt: createdLt,
      matches: ({ incoming }) => incoming?.createdLt === createdLt && incoming.source === source,
      timeoutMs: outcomeTimeoutMs,
    });
  }
}

function internalOf({ outgoing }: ChainTransaction): readonly ChainMessage[] {
  return outgoing.filter(({ kind }) => kind === "internal");
}

function assertAllSent(transaction: ChainTransaction, messageCount: number): void {
  const sent = internalOf(transaction).length;
  if (sent === messageCount) return;
  throw new CocoonError("transaction_failed", {
    reason: "not all messages could be sent",
    sent,
    asked: messageCount,
    hash: transaction.hash,
  });
}

function costOf(
  transaction: ChainTransaction,
  received: readonly ChainTransaction[],
  returned: readonly ChainTransaction[],
): Nanotons {
  let cost: bigint = transaction.feeNanotons;
  for (const { feeNanotons, storageNanotons } of received) cost += feeNanotons - storageNanotons;
  for (const { feeNanotons } of returned) cost += feeNanotons;
  return nanotons(cost);
}

type Look = {
  readonly outcome: ChainTransaction | "taken by another" | undefined;
  readonly isExpired: boolean;
};

function assertFunds({ balance }: ChainAccount, messages: readonly WalletMessage[]): void {
  const values = messages.reduce<bigint>((sum, { value }) => sum + value, 0n);
  const needed = values + feeMarginNanotons;
  if (balance >= needed) return;
  throw new CocoonError("wallet_insufficient", {
    balanceNanotons: balance.toString(),
    neededNanotons: needed.toString(),
  });
}

/** The transaction itself, or transaction_failed with all that helps to find out why. */
export function succeeded(transaction: ChainTransaction): ChainTransaction {
  const { failure, account, hash, lt } = transaction;
  if (failure === undefined) return transaction;
  const { exitCode, phase } = failure;
  const name = exitCode === undefined ? undefined : exitCodeName(exitCode);
  throw new CocoonError("transaction_failed", {
    phase,
    ...(exitCode !== undefined && { exitCode }),
    ...(name !== undefined && { name }),
    account,
    hash,
    lt: lt.toString(),
  });
}
