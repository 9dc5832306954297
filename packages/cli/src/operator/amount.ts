// Amounts and times as an operator names them and is told them.

import { formatTon, type Nanotons, parseTon } from "@cocoon/protocol";
import type { Arguments } from "../command.ts";
import { UsageError } from "../usage-error.ts";

/** Reads --amount. Throws UsageError. */
export function readAmount(given: Arguments): Nanotons | undefined {
  const text = given.text("amount");
  if (text === undefined) return undefined;
  const amount = parseTon(text);
  if (amount !== undefined && amount > 0n) return amount;
  throw new UsageError("--amount is in TON, such as 1.5, with at most nine decimals");
}

/** The same, where there is no default. */
export function requireAmount(given: Arguments): Nanotons {
  const amount = readAmount(given);
  if (amount === undefined) throw new UsageError("--amount TON is missing");
  return amount;
}

export function ton(amount: bigint): string {
  return `${formatTon(amount)} TON`;
}

export function timeOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString().replace(".000Z", "Z");
}
