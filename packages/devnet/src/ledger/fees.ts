import { Cell, loadTransaction } from "@ton/core";

/** What a transaction costs its account, in nanotons. */
export type Fees = {
  /** For taking in the external message. */
  readonly importNanotons: bigint;
  readonly storageNanotons: bigint;
  readonly gasNanotons: bigint;
  /** For all messages sent. */
  readonly forwardNanotons: bigint;
};

/** The fees of an ordinary transaction, from its bag of cells in base64. */
export function feesOf(boc: string): Fees {
  const { totalFees, description } = loadTransaction(Cell.fromBase64(boc).beginParse());
  if (description.type !== "generic") throw new RangeError("not an ordinary transaction");
  const { storagePhase, computePhase, actionPhase } = description;
  const storageNanotons = storagePhase?.storageFeesCollected ?? 0n;
  const gasNanotons = computePhase.type === "vm" ? computePhase.gasFees : 0n;
  const collected = storageNanotons + gasNanotons + (actionPhase?.totalActionFees ?? 0n);
  return {
    importNanotons: totalFees.coins - collected,
    storageNanotons,
    gasNanotons,
    forwardNanotons: actionPhase?.totalFwdFees ?? 0n,
  };
}
