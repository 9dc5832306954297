// What the journal remembers: results, not intentions, so that a restart executes nothing again.

import { CocoonError, JsonReader, parseJson, type RawAddress } from "@cocoon/protocol";
import type { BlockName, BlockNames } from "../state/index.ts";

/** The first record of a journal. */
export type GenesisRecord = {
  readonly kind: "genesis";
  readonly version: number;
  readonly networkId: number;
};

/** One external or minted message with all that it caused. Whole or absent, never in part. */
export type ExecutionRecord = {
  readonly kind: "execution";
  /** Unix seconds of all its transactions. */
  readonly utime: number;
  /** Nanotons that the faucet made out of nothing; 0 for an external message. */
  readonly minted: bigint;
  /** The greatest logical time used. */
  readonly lt: bigint;
  /** In order of execution. */
  readonly transactions: readonly StoredTransaction[];
  /** Each account that changed, as it stands afterwards. */
  readonly accounts: readonly StoredAccount[];
};

export type StoredTransaction = {
  readonly account: RawAddress;
  readonly lt: bigint;
  /** 64 lower-case hex digits. */
  readonly hash: string;
  /** Base64 of the transaction's bag of cells. */
  readonly boc: string;
};

export type StoredAccount = {
  readonly address: RawAddress;
  /** Base64 of the bag of cells of a `ShardAccount` (block.tlb). */
  readonly boc: string;
};

/** Seals all executions since the block before. Its names are not recomputed: that takes the state of the whole chain. */
export type BlockRecord = BlockNames & {
  readonly kind: "block";
  readonly utime: number;
  /** 64 lower-case hex digits, held against the recomputed one when the journal is read. */
  readonly historyHash: string;
};

/** Time travel: the chain's clock from here on is the wall's plus this. */
export type TimeRecord = { readonly kind: "time"; readonly offsetSeconds: number };

export type LedgerRecord = GenesisRecord | ExecutionRecord | BlockRecord | TimeRecord;

/** The version of all layouts in this folder; a journal of another version is refused. */
export const ledgerVersion = 2;

/** A bag of cells in base64 is at most this long in a record: an account may hold megabytes. */
const bocLengthMax = 64 * 1024 * 1024;
const partsMax = 1_000_000;
const code = "storage_corrupt";

/** One JSON text without line feeds. */
export function encodeRecord(record: LedgerRecord): string {
  return JSON.stringify(record, (_name, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}

/** Reads a record; throws storage_corrupt. */
export function parseRecord(text: string): LedgerRecord {
  const json = new JsonReader(parseJson(text, code), code);
  const kind = json.oneOf("kind", ["genesis", "execution", "block", "time"]);
  switch (kind) {
    case "genesis":
      return { kind, version: json.uint("version"), networkId: json.int("networkId") };
    case "execution":
      return parseExecution(json);
    case "block":
      return {
        kind,
        utime: json.uint("utime"),
        historyHash: json.string("historyHash", 64),
        master: parseName(json.object("master")),
        shard: parseName(json.object("shard")),
      };
    case "time":
      return { kind, offsetSeconds: json.uint("offsetSeconds") };
  }
}

function parseName(json: JsonReader): BlockName {
  return {
    rootHash: json.string("rootHash", 64),
    fileHash: json.string("fileHash", 64),
    stateHash: json.string("stateHash", 64),
    stateDepth: json.uint("stateDepth"),
  };
}

function parseExecution(json: JsonReader): ExecutionRecord {
  return {
    kind: "execution",
    utime: json.uint("utime"),
    minted: bigintOf(json, "minted"),
    lt: bigintOf(json, "lt"),
    transactions: json.objects("transactions", partsMax).map((transaction) => ({
      account: transaction.address("account"),
      lt: bigintOf(transaction, "lt"),
      hash: transaction.string("hash", 64),
      boc: transaction.string("boc", bocLengthMax),
    })),
    accounts: json.objects("accounts", partsMax).map((account) => ({
      address: account.address("address"),
      boc: account.string("boc", bocLengthMax),
    })),
  };
}

function bigintOf(json: JsonReader, name: string): bigint {
  const text = json.string(name, 40);
  if (!/^\d+$/.test(text)) throw new CocoonError(code, { field: name });
  return BigInt(text);
}
