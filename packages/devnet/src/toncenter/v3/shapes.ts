// What the answers of API v3 share: addresses are raw and in upper case, hashes are base64, amounts are texts.

import type { RawAddress } from "@cocoon/protocol";
import type { Cell } from "@ton/core";
import type { Block } from "../../ledger/index.ts";
import { base64OfHex, type Json } from "../shapes.ts";

export function indexedAddress(address: RawAddress): string {
  return address.toUpperCase();
}

export function hashOf(cell: Cell | null | undefined): string | null {
  return cell?.hash().toString("base64") ?? null;
}

export function base64OfNumber(hash: bigint): string {
  return base64OfHex(hash.toString(16).padStart(64, "0"));
}

/** A masterchain block, as far as it exists here. */
export function indexedBlock({ seqno, master, utime, startLt, endLt }: Block): Json {
  return {
    workchain: -1,
    shard: "8000000000000000",
    seqno,
    root_hash: base64OfHex(master.rootHash),
    file_hash: base64OfHex(master.fileHash),
    gen_utime: utime.toString(),
    start_lt: startLt.toString(),
    end_lt: endLt.toString(),
  };
}

/** Nothing here has a name, and there are no tokens. */
export const noBook = { address_book: {} };
export const noBookNorMetadata = { address_book: {}, metadata: {} };
