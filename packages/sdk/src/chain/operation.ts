import type { Nanotons } from "@cocoon/protocol";
import type { SendResult, Wallet } from "./wallet.ts";
import type { WalletMessage } from "./transfer.ts";

/** A change of a contract's state that is on the chain. */
export type Operation = {
  /** Hash of the contract's own transaction, lower-case hex. */
  readonly hash: string;
  /** Logical time of that transaction. */
  readonly lt: bigint;
  /** What all of it cost, the wallet's part included. What the contract keeps or pays out is not a fee. */
  readonly feeNanotons: Nanotons;
};

/** Sends one message and waits until it has done what it says. Throws as Wallet.send does. */
export async function operate(wallet: Wallet, message: WalletMessage): Promise<Operation> {
  return operationOf(await wallet.send([message]));
}

/** The operation of a send: its last message's transaction. */
export function operationOf({ received, feeNanotons }: SendResult): Operation {
  const last = received.at(-1);
  if (last === undefined) throw new RangeError("nothing was sent");
  return { hash: last.hash, lt: last.lt, feeNanotons };
}
