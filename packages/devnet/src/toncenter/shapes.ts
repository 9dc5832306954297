// The small shapes that many answers of toncenter's API share (ton-http-api-cpp, schemas/v2.yaml, version 2.1.1).
// Clients check the "@type" literals.

import { fromHex, toBase64 } from "@cocoon/protocol";
import type { BlockId } from "../ledger/index.ts";

/** The one shard of each workchain, as the signed 64-bit number that toncenter writes. */
export const shardName = "-9223372036854775808";

export type Json = Readonly<Record<string, unknown>>;

export function blockIdExt({ workchain, seqno, rootHash, fileHash }: BlockId): Json {
  return {
    "@type": "ton.blockIdExt",
    workchain,
    shard: shardName,
    seqno,
    root_hash: base64OfHex(rootHash),
    file_hash: base64OfHex(fileHash),
  };
}

export function transactionId(lt: bigint, hash: string): Json {
  return { "@type": "internal.transactionId", lt: lt.toString(), hash: base64OfHex(hash) };
}

/** Hex digits are how the ledger writes hashes; base64 is how the API does. */
export function base64OfHex(hex: string): string {
  return toBase64(fromHex(hex) ?? new Uint8Array());
}
