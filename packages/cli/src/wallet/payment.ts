// One payment of a wallet, as a person asks for it.

import { beginCell } from "@ton/core";
import {
  CocoonError,
  type Nanotons,
  parseAddress,
  parseFriendlyAddress,
  parseTon,
} from "@cocoon/protocol";
import type { ChainClient, WalletMessage } from "@cocoon/sdk";
import type { Arguments } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { isMainnet } from "./network.ts";

export type Payment = {
  readonly to: string;
  readonly amount: Nanotons;
  readonly comment: string | undefined;
  /** The address said that nothing should return. */
  readonly isUnbounceable: boolean;
};

const commentBytesMax = 1_024;

/** Reads --to, --amount and --comment. Throws UsageError. */
export function readPayment(given: Arguments, networkId: number): Payment {
  const [to, amount] = [given.text("to"), given.text("amount")];
  if (to === undefined || amount === undefined) {
    throw new UsageError("cocoon wallet send needs --to ADDRESS and --amount TON");
  }
  const nanotons = parseTon(amount);
  if (nanotons === undefined || nanotons === 0n) {
    throw new UsageError("--amount is in TON, such as 1.5, with at most nine decimals");
  }
  const comment = given.text("comment");
  if (comment !== undefined && Buffer.byteLength(comment) > commentBytesMax) {
    throw new UsageError(`--comment has at most ${commentBytesMax} bytes`);
  }
  return { ...readDestination(to, networkId), amount: nanotons, comment };
}

function readDestination(text: string, networkId: number): Pick<Payment, "to" | "isUnbounceable"> {
  if (parseAddress(text) !== undefined) return { to: text, isUnbounceable: false };
  const friendly = parseFriendlyAddress(text);
  if (friendly === undefined) {
    throw new UsageError("--to is a TON address: 48 characters, or 0: and 64 hex digits");
  }
  if (friendly.isTestOnly && isMainnet(networkId)) {
    throw new UsageError("--to is an address for test networks only");
  }
  return { to: friendly.address, isUnbounceable: !friendly.isBounceable };
}

/** The message that pays. Money for an account that has no code yet stays there: it would only come back. */
export async function messageOf(
  { to, amount, comment, isUnbounceable }: Payment,
  client: ChainClient,
): Promise<{ readonly message: WalletMessage; readonly isNew: boolean }> {
  const { status } = await client.account(to);
  if (status === "frozen") throw new CocoonError("option_invalid", { to, reason: "it is frozen" });
  const isNew = status !== "active";
  const body = comment === undefined ? undefined : commentCell(comment);
  return {
    message: { to, value: amount, bounce: !isNew && !isUnbounceable, ...(body && { body }) },
    isNew,
  };
}

/** TON documentation, "internal messages": op 0, then the text. */
function commentCell(comment: string) {
  return beginCell().storeUint(0, 32).storeStringTail(comment).endCell();
}
