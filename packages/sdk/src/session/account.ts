// The client's end of the account stream: it attaches the channel, and pays what was accepted.

import {
  type Account,
  CocoonError,
  type Closed,
  type Connection,
  Conversation,
  encodeAttach,
  encodeMessage,
  encodeRequestIds,
  encodeVoucherMessage,
  type Nanotons,
  nanotons,
  readAccount,
  readClosed,
  readVoucherHeld,
  streamKinds,
  type Voucher,
} from "@cocoon/protocol";
import type { Purse } from "../spend/index.ts";
import { replyTimeoutMs, within } from "./within.ts";

/** Where a channel stands between its two ends. */
export type AccountState = {
  readonly deposit: Nanotons;
  readonly spent: Nanotons;
  /** What the proxy holds a voucher for. */
  readonly vouchered: Nanotons;
  readonly creditWindow: Nanotons;
};

/** A voucher follows the last answer by this, so that one covers a burst of answers. */
const idleMs = 250;
/** A voucher goes out at once when this part of the credit window is unpaid. */
const promptPart = 4n;

type Waiting = {
  readonly resolve: (closed: Closed) => void;
  readonly reject: (error: Error) => void;
};

export class AccountLink {
  readonly #proxy: Conversation;
  readonly #purse: Purse;
  readonly #account: Account;
  readonly #closing: Waiting[] = [];
  readonly #heldWaiters = new Set<() => void>();
  #sent: Nanotons;
  #held: Nanotons;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Ends when the last voucher was sent: a smaller one never follows a larger. */
  #saying: Promise<void> = Promise.resolve();

  private constructor(proxy: Conversation, purse: Purse, account: Account) {
    this.#proxy = proxy;
    this.#purse = purse;
    this.#account = account;
    this.#sent = account.vouchered;
    this.#held = account.vouchered;
  }

  /**
   * Attaches the purse's channel to this connection. Answers that the proxy has no acknowledgement for are settled
   * here: those that are stored will be paid, the others are released. Pays what is left open.
   */
  static async attach(connection: Connection, purse: Purse): Promise<AccountLink> {
    const proxy = new Conversation(connection.open(streamKinds.account));
    await proxy.send(encodeAttach(purse.channel));
    const account = readAccount(await within(replyTimeoutMs, proxy, proxy.expect("account")));
    const stored = await purse.reconcile(account.unacknowledged);
    await proxy.send(encodeRequestIds("reconcile", stored));
    await within(replyTimeoutMs, proxy, proxy.expect("ready"));
    const link = new AccountLink(proxy, purse, account);
    void link.#hear();
    await link.pay();
    return link;
  }

  get state(): AccountState {
    const { deposit, creditWindow } = this.#account;
    return { deposit, creditWindow, spent: this.#purse.spent, vouchered: this.#held };
  }

  /** Whether anything can be paid on this connection. */
  get isOpen(): boolean {
    return !this.#proxy.stream.signal.aborted;
  }

  /** Resolves when nothing can be paid on this connection any more. */
  get ended(): Promise<unknown> {
    return this.#proxy.stream.closed;
  }

  /** Sees that what was just accepted is paid soon. */
  paySoon(): void {
    const unpaid = this.#purse.spent - this.#sent;
    if (promptPart * unpaid > this.#account.creditWindow) {
      void this.pay().catch(() => undefined); // A lost connection pays when it attaches again.
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.pay().catch(() => undefined), idleMs);
  }

  /** Sends a voucher for everything spent, and resolves when the proxy holds it. */
  async pay(): Promise<void> {
    clearTimeout(this.#timer);
    const target = this.#purse.spent;
    if (target > this.#sent) {
      this.#sent = target;
      this.#saying = this.#say(this.#saying, this.#purse.voucher());
      await this.#saying;
    }
    while (this.#held < target) await this.#nextHeld();
  }

  async #say(before: Promise<void>, voucher: Promise<Voucher>): Promise<void> {
    await before;
    await this.#proxy.send(encodeVoucherMessage(await voucher));
  }

  /** Pays, and has the proxy close the channel on chain: it takes what is vouchered, the rest comes back at once. */
  async close(): Promise<Closed> {
    await this.pay();
    const closed = new Promise<Closed>((resolve, reject) => {
      this.#closing.push({ resolve, reject });
    });
    await this.#proxy.send(encodeMessage("close"));
    return closed;
  }

  /** Stops the timer; the stream ends with its connection. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  async #nextHeld(): Promise<void> {
    const { signal } = this.#proxy.stream;
    const held = new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        this.#heldWaiters.delete(settle);
        if (signal.aborted) reject(lost(signal));
        else resolve();
      };
      this.#heldWaiters.add(settle);
      if (signal.aborted) settle();
    });
    // While the proxy closes the channel on chain it answers nothing else.
    await (this.#closing.length > 0 ? held : within(replyTimeoutMs, this.#proxy, held));
  }

  async #hear(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#proxy.hear();
        if (message === undefined) throw new CocoonError("peer_unreachable");
        if (message.name === "voucherHeld") this.#hold(readVoucherHeld(message.body));
        else if (message.name === "closed")
          this.#closing.shift()?.resolve(readClosed(message.body));
        else throw new CocoonError("peer_misbehaved", { got: message.name });
      }
    } catch (error) {
      this.stop();
      const reason = error instanceof CocoonError ? error : new CocoonError("internal");
      this.#proxy.fail(reason);
      for (const { reject } of this.#closing.splice(0)) reject(reason);
      for (const settle of this.#heldWaiters) settle();
    }
  }

  /** A proxy can't talk a client into having paid more than it signed. */
  #hold(cumulative: Nanotons): void {
    if (cumulative > this.#sent) throw new CocoonError("peer_misbehaved", { field: "cumulative" });
    if (cumulative > this.#held) this.#held = nanotons(cumulative);
    for (const settle of this.#heldWaiters) settle();
  }
}

function lost(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new CocoonError("peer_unreachable");
}
