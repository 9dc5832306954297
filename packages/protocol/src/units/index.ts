export { networkIds } from "./network-id.ts";

declare const unit: unique symbol;

/** An amount of the network's coin. 1 TON = 1,000,000,000 nanotons. Never negative. */
export type Nanotons = bigint & { readonly [unit]: "nanotons" };

/** The largest amount that fits the wire's u64 and a contract's `coins`: about 18 thousand million TON. */
export const nanotonsMax = 2n ** 64n - 1n;

/** Casts a bigint that is in range; anything else is a bug of the caller. */
export function nanotons(amount: bigint): Nanotons {
  if (amount < 0n || amount > nanotonsMax) throw new RangeError(`nanotons out of range: ${amount}`);
  return amount as Nanotons; // oxlint-disable-line no-unsafe-type-assertion -- the brand
}

const perTon = 1_000_000_000n;

/** Nanotons as TON with all digits that matter: 1500000000n is "1.5". */
export function formatTon(amount: bigint): string {
  const sign = amount < 0n ? "-" : "";
  const magnitude = amount < 0n ? -amount : amount;
  const fraction = (magnitude % perTon).toString().padStart(9, "0").replace(/0+$/, "");
  return `${sign}${magnitude / perTon}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Nanotons of a decimal TON amount such as "0.25", or undefined when it is not one. */
export function parseTon(text: string): Nanotons | undefined {
  const match = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = "0", fraction = ""] = match;
  const amount = BigInt(whole) * perTon + BigInt(fraction.padEnd(9, "0"));
  return amount > nanotonsMax ? undefined : nanotons(amount);
}
