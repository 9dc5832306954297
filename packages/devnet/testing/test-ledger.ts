import { Ledger, type LedgerOptions } from "../src/ledger/index.ts";

/** A ledger whose clock stands still and which seals a block only when asked to. */
export function openTestLedger(options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  return Ledger.open({
    blockMs: 3_600_000,
    snapshotEvery: 1_000_000,
    nowSeconds: () => 1_800_000_000,
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
}

/** Opens a ledger for the length of a call. */
export async function withTestLedger<Result>(
  options: Partial<LedgerOptions>,
  use: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const ledger = await openTestLedger(options);
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}
