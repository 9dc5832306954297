import { utf8 } from "../bytes/index.ts";
import { addressBytes, addressOf, ByteReader, ByteWriter } from "../codec/index.ts";
import { encodeAddress, parseAddress } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { isTerms, type Usage } from "../payment/index.ts";
import { tierByte, tierOfByte } from "../tier/index.ts";
import { nanotons } from "../units/index.ts";
import {
  type FinishReason,
  finishReasons,
  type Receipt,
  type ReceiptAmounts,
  type ReceiptFields,
} from "./receipt.ts";

const magic = utf8("RCP1");
const requestIdBytes = 16;
const hashBytes = 32;
const signatureBytes = 64;
/** The engine does not say how many prompt tokens came from its cache. */
const cachedUnknown = 0xffff_ffff;

/** Everything before the signature: what is signed. */
export const unsignedReceiptBytes = 321;
/** Size of a whole receipt. */
export const receiptBytes = unsignedReceiptBytes + signatureBytes;

/**
 * Encodes what a worker signs, 321 bytes. Spec section 6.2, integers big-endian, unsigned unless said:
 *
 *     magic                 4   "RCP1"
 *     requestId            16
 *     headerHash           32
 *     claimsHash           32
 *     manifestHash         32
 *     channel              33   workchain i8, account hash
 *     sequence              8
 *     tier                  1   0 dev, 1 open, 2 confidential, 3 confidential-gpu
 *     promptTokens          4
 *     cachedTokens          4   0xffffffff: unknown
 *     completionTokens      4
 *     promptPerMillion      8   nanotons
 *     completionPerMillion  8   nanotons
 *     feeBps                2
 *     workNanotons          8
 *     feeNanotons           8
 *     requestHash          32
 *     answerHash           32
 *     chunkCount            4
 *     startedAtMs           8   Unix time
 *     finishedAtMs          8   Unix time
 *     finishReason          1   0 stop, 1 length, 2 tool_calls, 3 cancelled, 4 error
 *     contentCommitment    32
 *
 * The 64 bytes of the signature follow. A field out of range is a bug of the caller.
 */
export function encodeReceipt(receipt: ReceiptFields, amounts: ReceiptAmounts): Uint8Array {
  const { usage, terms } = receipt;
  return new ByteWriter(unsignedReceiptBytes)
    .bytes(magic)
    .fixed(receipt.requestId, requestIdBytes)
    .fixed(receipt.headerHash, hashBytes)
    .fixed(receipt.claimsHash, hashBytes)
    .fixed(receipt.manifestHash, hashBytes)
    .bytes(encodeAddress(receipt.channel))
    .uint(receipt.sequence, 8)
    .uint(tierByte(receipt.tier), 1)
    .uint(usage.promptTokens, 4)
    .uint(usage.cachedTokens ?? cachedUnknown, 4)
    .uint(usage.completionTokens, 4)
    .uint(terms.promptPerMillion, 8)
    .uint(terms.completionPerMillion, 8)
    .uint(terms.feeBps, 2)
    .uint(amounts.workNanotons, 8)
    .uint(amounts.feeNanotons, 8)
    .fixed(receipt.requestHash, hashBytes)
    .fixed(receipt.answerHash, hashBytes)
    .uint(receipt.chunkCount, 4)
    .uint(receipt.startedAtMs, 8)
    .uint(receipt.finishedAtMs, 8)
    .uint(finishReasons.indexOf(receipt.finishReason), 1)
    .fixed(receipt.contentCommitment, hashBytes)
    .finish();
}

/** Parses a whole receipt, 385 bytes, without verifying it. Throws receipt_malformed. */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const reader = new ByteReader(Uint8Array.from(bytes), "receipt_malformed");
  reader.expect(magic);
  const receipt: Receipt = {
    requestId: reader.bytes(requestIdBytes),
    headerHash: reader.bytes(hashBytes),
    claimsHash: reader.bytes(hashBytes),
    manifestHash: reader.bytes(hashBytes),
    channel: readChannel(reader),
    sequence: reader.uint64AsNumber(),
    tier: tierOfByte(reader.uint(1)) ?? malformed("tier"),
    usage: readUsage(reader),
    terms: {
      promptPerMillion: nanotons(reader.uintBig(8)),
      completionPerMillion: nanotons(reader.uintBig(8)),
      feeBps: reader.uint(2),
    },
    workNanotons: nanotons(reader.uintBig(8)),
    feeNanotons: nanotons(reader.uintBig(8)),
    requestHash: reader.bytes(hashBytes),
    answerHash: reader.bytes(hashBytes),
    chunkCount: reader.uint(4),
    startedAtMs: reader.uint64AsNumber(),
    finishedAtMs: reader.uint64AsNumber(),
    finishReason: readFinishReason(reader),
    contentCommitment: reader.bytes(hashBytes),
    signature: reader.bytes(signatureBytes),
  };
  reader.end();
  if (!isTerms(receipt.terms)) malformed("terms");
  if (receipt.finishedAtMs < receipt.startedAtMs) malformed("finishedAtMs");
  return receipt;
}

function readChannel(reader: ByteReader): string {
  const channel = addressOf(reader.bytes(addressBytes));
  return parseAddress(channel) === undefined ? malformed("channel") : channel;
}

function readUsage(reader: ByteReader): Usage {
  const promptTokens = reader.uint(4);
  const cachedTokens = reader.uint(4);
  const completionTokens = reader.uint(4);
  if (cachedTokens === cachedUnknown) return { promptTokens, completionTokens };
  if (cachedTokens > promptTokens) malformed("cachedTokens");
  return { promptTokens, cachedTokens, completionTokens };
}

function readFinishReason(reader: ByteReader): FinishReason {
  return finishReasons[reader.uint(1)] ?? malformed("finishReason");
}

function malformed(field: string): never {
  throw new CocoonError("receipt_malformed", { field });
}
