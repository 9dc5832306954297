// What its owner keeps of an answer that was just given: a proof file, with what others may read of it.

import { CocoonError, type OpenableContent, parseReceipt, verifyOpening } from "@cocoon/protocol";
import {
  type Disclosure,
  encodeProofFile,
  openContent,
  parseProofFile,
  type ProofFile,
} from "@cocoon/sdk";
import type { Arguments } from "../command.ts";
import type { Answered } from "../gateway/answer.ts";
import type { GatewayClient, HadProof } from "../gateway/client.ts";
import { type ReceiptState, receiptStates } from "../gateway/listings.ts";
import { UsageError } from "../usage-error.ts";
import { wait } from "../waiting.ts";
import { assertWritable, writeForOwner } from "./owner-file.ts";

export type Saving = {
  readonly path: string;
  /** What is opened; nothing when it is empty. */
  readonly names: readonly string[];
  /** How far the proof must have come for this to have worked. */
  readonly least?: ReceiptState;
};

/** Of an answer to a single prompt. */
const disclosable: ReadonlySet<string> = new Set([
  "request",
  "message_0",
  "parameters",
  "prompt_token_ids",
  "answer",
  "answer_text",
  "answer_token_ids",
]);
const fieldName = /^[a-z0-9_]{1,32}$/;
const lookMs = 250;
/** An anchor takes a few seconds on a devnet, and somewhat more on a busy machine. */
const anchorMs = 60_000;

/** Reads --save-proof and --disclose. Throws UsageError, and option_invalid for a file that is there already. */
export function readSaving(given: Arguments): Saving | undefined {
  const path = given.text("save-proof");
  const names = readNames(given);
  const least = readLeast(given);
  if (path === undefined) {
    if (names === undefined && least === undefined) return undefined;
    throw new UsageError("--disclose and --require need --save-proof FILE");
  }
  if (names?.every((name) => disclosable.has(name)) === false) {
    throw new UsageError(`--disclose is any of ${[...disclosable].join(",")}`);
  }
  assertWritable(path);
  return { path, names: names ?? [], ...(least !== undefined && { least }) };
}

/** Reads --require STATE. */
function readLeast(given: Arguments): ReceiptState | undefined {
  const text = given.text("require");
  const least = receiptStates.find((state) => state === text);
  if (text === undefined || least !== undefined) return least;
  throw new UsageError(`--require is any of ${receiptStates.join(", ")}`);
}

/** Reads --disclose NAMES. Throws UsageError for what can be no name of a field. */
export function readNames(given: Arguments): readonly string[] | undefined {
  const names = given.text("disclose")?.split(",");
  if (names?.every((name) => fieldName.test(name)) === false) {
    throw new UsageError("--disclose is NAME,NAME and so on: names of an answer's fields");
  }
  return names;
}

/**
 * Waits a while for the anchor, then writes the proof for its owner alone, as far as it has come. Throws receipt_pending or
 * cosignatures_missing, with the file written, when that is not as far as it must be.
 */
export async function saveProof(
  { least, path, names }: Saving,
  { content, receipt }: Answered,
  { client, signal }: { readonly client: GatewayClient; readonly signal: AbortSignal },
): Promise<HadProof> {
  if (names.length > 0 && content === undefined) {
    throw new CocoonError("peer_misbehaved", { reason: "the gateway gave no content" });
  }
  const proof = await awaitAnchor(client, receipt, signal);
  writeForOwner(path, withOpened(proof.file, content, names));
  if (least !== undefined) await client.proof(receipt, least);
  return proof;
}

/**
 * A proof file's text with the named fields of the answer's content opened, in place of what it opened before. Throws
 * option_invalid for a name that the content does not have, receipt_mismatch when the receipt commits to another content.
 */
export function withOpened(
  file: string,
  content: OpenableContent | undefined,
  names: readonly string[],
): string {
  if (content === undefined || names.length === 0) return file;
  const proof = parseProofFile(file);
  const unknown = names.find((name) => content.fields[name] === undefined);
  if (unknown !== undefined) {
    const known = Object.keys(content.fields).join(", ");
    throw new CocoonError("option_invalid", { field: unknown, reason: `there are ${known}` });
  }
  const disclosure = openContent(content, names);
  assertOpens(proof, disclosure);
  const text = encodeProofFile({ ...proof, disclosure });
  parseProofFile(text);
  return text;
}

/** Throws receipt_mismatch when the receipt commits to something else than its owner kept. */
function assertOpens({ receipt }: ProofFile, { digests, fields }: Disclosure): void {
  const { contentCommitment } = parseReceipt(receipt);
  if (fields.every((field) => verifyOpening(contentCommitment, { ...field, digests }))) return;
  throw new CocoonError("receipt_mismatch", { field: "contentCommitment" });
}

/** What can be opened only now is never lost to a wait: when that is broken off, what there is will do. */
async function awaitAnchor(
  client: GatewayClient,
  receipt: string,
  signal: AbortSignal,
): Promise<HadProof> {
  let found = await client.proof(receipt);
  try {
    for (let waitedMs = 0; waitedMs < anchorMs && found.state !== "anchored"; waitedMs += lookMs) {
      await wait(lookMs, signal);
      found = await client.proof(receipt);
    }
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
  }
  return found;
}
