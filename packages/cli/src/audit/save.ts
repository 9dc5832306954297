// A proof file of an answer that was just given, with what its owner wants others to read of it.

import { CocoonError, verifyOpening, parseReceipt } from "@cocoon/protocol";
import {
  type Disclosure,
  encodeProofFile,
  openContent,
  parseProofFile,
  type ProofFile,
} from "@cocoon/sdk";
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Arguments } from "../command.ts";
import type { Answered } from "../gateway/answer.ts";
import type { GatewayClient } from "../gateway/client.ts";
import type { ReceiptState } from "../gateway/listings.ts";
import { UsageError } from "../usage-error.ts";
import { wait } from "../waiting.ts";

export type Saving = {
  readonly path: string;
  /** What is opened; nothing when it is empty. */
  readonly names: readonly string[];
};

const disclosable: ReadonlySet<string> = new Set(["request", "answer"]);
const lookMs = 250;
/** An anchor takes a few seconds on a devnet. */
const anchorMs = 15_000;

/** Reads --save-proof and --disclose. Throws UsageError, and option_invalid for a file that is there already. */
export function readSaving(given: Arguments): Saving | undefined {
  const path = given.text("save-proof");
  const list = given.text("disclose");
  if (path === undefined) {
    if (list === undefined) return undefined;
    throw new UsageError("--disclose needs --save-proof FILE");
  }
  const names = list === undefined ? [] : list.split(",");
  if (names.some((name) => !disclosable.has(name))) {
    throw new UsageError("--disclose is request, answer, or request,answer");
  }
  if (existsSync(path)) {
    throw new CocoonError("option_invalid", { file: path, reason: "it is there already" });
  }
  if (!existsSync(dirname(path))) {
    throw new CocoonError("option_invalid", { file: path, reason: "no such directory" });
  }
  return { path, names };
}

/** Waits a while for the anchor, then writes the proof for its owner alone, as far as it has come. */
export async function saveProof(
  { path, names }: Saving,
  { content, receipt }: Answered,
  { client, signal }: { readonly client: GatewayClient; readonly signal: AbortSignal },
): Promise<ReceiptState> {
  if (names.some((name) => content?.fields[name] === undefined)) {
    throw new CocoonError("peer_misbehaved", { reason: "the gateway gave no content" });
  }
  const { file, state } = await awaitAnchor(client, receipt, signal);
  const proof = parseProofFile(file);
  const disclosure =
    names.length === 0 || content === undefined ? undefined : openContent(content, names);
  if (disclosure !== undefined) assertOpens(proof, disclosure);
  const text = encodeProofFile({ ...proof, ...(disclosure && { disclosure }) });
  parseProofFile(text);
  write(path, text);
  return state;
}

/** Throws receipt_mismatch when the receipt commits to something else than the gateway says. */
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
): Promise<{ readonly state: ReceiptState; readonly file: string }> {
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

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be written" }, { cause });
  }
}
