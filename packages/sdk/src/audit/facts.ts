import {
  type Claims,
  CocoonError,
  feeNanotons,
  nanotons,
  type Nanotons,
  parseBundle,
  parseClaims,
  type RawAddress,
  type Receipt,
  receiptId,
  type Tier,
  toHex,
  type Usage,
  workNanotons,
} from "@cocoon/protocol";
import type { ProofFile } from "./proof-file.ts";

/** What a proof is about. As its file says: it is worth what the checks say it is. */
export type ProofFacts = {
  /** Request id, hex: the receipt's name. */
  readonly request: string;
  /** Manifest hash, hex, and the name that the root contract had for it. */
  readonly model: { readonly manifestHash: string; readonly name: string | undefined };
  /** As the receipt has it. */
  readonly tier: Tier;
  /** Whether the evidence is of a simulated TEE. */
  readonly simulated: boolean | undefined;
  /** Worker id, hex; undefined where the evidence can't be read. */
  readonly worker: string | undefined;
  readonly usage: Usage;
  readonly finishReason: Receipt["finishReason"];
  /** What usage and prices come to: work and fee. */
  readonly amountNanotons: Nanotons;
  readonly workNanotons: Nanotons;
  readonly feeNanotons: Nanotons;
  /** By the worker's clock, Unix milliseconds. */
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** By the client's clock. */
  readonly verifiedAtMs: number;
  readonly channel: RawAddress;
  readonly sequence: number;
  readonly networkId: number;
  readonly root: RawAddress;
  readonly bond: RawAddress;
  /** Index in the log, once it is included. */
  readonly leafIndex: number | undefined;
  /** Transaction hash, hex, and the log's time, Unix seconds, once it is anchored. */
  readonly anchor: { readonly transaction: string; readonly timestamp: number } | undefined;
  /** Names of the content fields that are opened. */
  readonly disclosed: readonly string[];
};

export function factsOf(file: ProofFile, receipt: Receipt): ProofFacts {
  const { network, log, policy } = file;
  const manifestHash = toHex(receipt.manifestHash);
  const claims = claimsOf(file);
  const work = workNanotons(receipt.usage, receipt.terms);
  const fee = feeNanotons(work, receipt.terms.feeBps);
  const anchor = log.proof?.anchor;
  return {
    request: receiptId(receipt),
    model: { manifestHash, name: policy.models.get(manifestHash)?.name },
    tier: receipt.tier,
    simulated: claims?.simulated,
    worker: claims?.workerId,
    usage: receipt.usage,
    finishReason: receipt.finishReason,
    amountNanotons: nanotons(work + fee),
    workNanotons: work,
    feeNanotons: fee,
    startedAtMs: receipt.startedAtMs,
    finishedAtMs: receipt.finishedAtMs,
    verifiedAtMs: file.verifiedAtMs,
    channel: receipt.channel,
    sequence: receipt.sequence,
    networkId: network.networkId,
    root: network.root,
    bond: log.bond,
    leafIndex: log.proof?.leafIndex,
    anchor: anchor && { transaction: anchor.transaction, timestamp: anchor.timestamp },
    disclosed: (file.disclosure?.fields ?? []).map(({ name }) => name),
  };
}

function claimsOf({ bundle }: ProofFile): Claims | undefined {
  try {
    return parseClaims(parseBundle(bundle).claims);
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}
