import { CocoonError, networkIds, type RawAddress } from "@cocoon/protocol";
import { unusedAccount } from "./account.ts";
import { History } from "./history.ts";
import { type LedgerRecord, ledgerVersion } from "./record.ts";

/** Everything the chain is after some records, less the transactions' own bytes. */
export class ChainState {
  /** Base64 of each account's `ShardAccount`. */
  readonly accounts = new Map<RawAddress, string>();
  readonly history: History = new History();
  /** The greatest logical time used. */
  lt = 0n;
  /** The latest time of a transaction or block, Unix seconds: time never goes back. */
  utime = 0;
  /** By how much the chain's clock is ahead of the wall's. */
  offsetSeconds = 0;
  /** Nanotons that the faucet ever made. */
  minted = 0n;

  account(address: RawAddress): string {
    return this.accounts.get(address) ?? unusedAccount(address);
  }

  /**
   * Takes over one record. The running ledger and a restart both come here, so they agree by construction.
   * Throws storage_corrupt for a record that does not continue this chain.
   */
  apply(record: LedgerRecord, sequence: number): void {
    switch (record.kind) {
      case "genesis":
        return refuseForeign(record.version === ledgerVersion, record.networkId);
      case "execution":
        this.lt = record.lt;
        this.utime = record.utime;
        this.minted += record.minted;
        for (const { address, boc } of record.accounts) this.accounts.set(address, boc);
        for (const [index, { account, lt, hash }] of record.transactions.entries()) {
          this.history.add({ account, lt, hash, record: sequence, index });
        }
        return;
      case "block": {
        const block = this.history.nextBlock(record.utime, this.lt);
        if (block.historyHash !== record.historyHash) {
          throw new CocoonError("storage_corrupt", { reason: "block hash", block: block.seqno });
        }
        this.utime = record.utime;
        this.history.blocks.push({ ...block, master: record.master, shard: record.shard });
        return;
      }
      case "time":
        this.offsetSeconds = record.offsetSeconds;
    }
  }
}

function refuseForeign(isVersionKnown: boolean, networkId: number): void {
  if (isVersionKnown && networkId === networkIds.devnet) return;
  throw new CocoonError("storage_corrupt", {
    reason: "the journal is of another version or network",
  });
}
