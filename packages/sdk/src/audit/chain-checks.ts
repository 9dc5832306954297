// What TON itself says of a proof. A chain that cannot be asked proves nothing, and disproves nothing.

import type { DetailName } from "./details.ts";
import {
  type AnchorRecord,
  anchorDigest,
  CocoonError,
  equalBytes,
  primitives,
  toHex,
} from "@cocoon/protocol";
import {
  anchorBody,
  type AnchoredCheckpoint,
  parseCheckpointAnchored,
  type ProxyBondState,
} from "@cocoon/contracts";
import {
  type ChainClient,
  type ChainMessage,
  type ChainTransaction,
  historyAfter,
  linkedHistory,
  readProxyBond,
  unlessUnavailable,
} from "../chain/index.ts";
import { type Appraisal, verifyUnder } from "./answer-checks.ts";
import { timeToleranceMs } from "./log-checks.ts";
import { encodePolicySnapshot, type PolicySnapshot } from "./policy-snapshot.ts";
import type { ProofFile } from "./proof-file.ts";
import { readRootRevision, type RootRevision } from "./root-revision.ts";
import { type Finding, holds, unknown } from "./verdict.ts";

/** A client that reached the network of the proof, or why there is none. */
export type Chain = ChainClient | { readonly absence: DetailName };

/** Finds out whether the chain can be asked at all. */
export async function reachChain(
  client: ChainClient | undefined,
  networkId: number,
): Promise<Chain> {
  if (client === undefined) return { absence: "noEndpoint" };
  if (client.networkId !== networkId) return { absence: "otherNetwork" };
  try {
    await client.masterchain();
    return client;
  } catch (error) {
    return { absence: absenceOf(error) };
  }
}

/** Why the chain gave no answer; throws what is no absence of it. */
function absenceOf(error: unknown): DetailName {
  const code = error instanceof CocoonError ? error.code : undefined;
  if (code === "chain_unavailable") return "chainAway";
  if (code === "network_mismatch") return "otherNetwork";
  throw error;
}

/** A judgement for which the chain is asked: unknown when it is away. */
export async function askChain(
  chain: Chain,
  judge: (client: ChainClient) => Promise<Finding>,
): Promise<Finding> {
  if ("absence" in chain) return unknown(chain.absence);
  try {
    return await judge(chain);
  } catch (error) {
    return unknown(absenceOf(error));
  }
}

/** Whether the root contract allowed image and model when the answer was made, whatever the file says of that. */
export async function judgePolicyOnChain(
  client: ChainClient,
  appraisal: Appraisal,
): Promise<Finding> {
  const { file, receipt } = appraisal;
  const { policy, network } = file;
  const { newest, revision } = await readRootRevision(client, network.root, policy.revision);
  if (policy.revision > newest.revision) {
    throw new CocoonError("contract_unexpected", { reason: "the file names a later revision" });
  }
  if (revision === undefined) {
    return unknown("revisionUnkept");
  }
  await verifyUnder(revision.policy, appraisal);
  if (textOf(revision.policy) !== textOf(policy)) {
    throw new CocoonError("contract_unexpected", { reason: "the file's copy is not the original" });
  }
  requireInForce(revision, receipt);
  const isStill = await isAllowed(newest, appraisal);
  return holds(isStill ? "policyOnChain" : "policyRemoved", { revision: policy.revision });
}

/** When a copy was read is its reader's affair. */
function textOf(policy: PolicySnapshot): string {
  return encodePolicySnapshot({ ...policy, readAtMs: 0 });
}

function requireInForce(
  { sinceSeconds, untilSeconds }: RootRevision,
  { startedAtMs, finishedAtMs }: Appraisal["receipt"],
): void {
  const isTooEarly = finishedAtMs < sinceSeconds * 1_000 - timeToleranceMs;
  const isTooLate =
    untilSeconds !== undefined && startedAtMs > untilSeconds * 1_000 + timeToleranceMs;
  if (isTooEarly || isTooLate) {
    throw new CocoonError("policy_stale", { reason: "not in force at the time of the answer" });
  }
}

async function isAllowed(policy: PolicySnapshot, appraisal: Appraisal): Promise<boolean> {
  try {
    await verifyUnder(policy, appraisal);
    return true;
  } catch (error) {
    if (error instanceof CocoonError) return false;
    throw error;
  }
}

/** Whether the log's key is the one that the bond names now. */
export async function judgeLogOnChain(client: ChainClient, { log }: ProofFile): Promise<Finding> {
  const bond = await requireBond(client, log.bond);
  if (bond.phase === "unregistered") return unknown("bondWithdrawn");
  if (!equalBytes(bond.logKey, log.publicKey)) return unknown("bondOtherKey");
  const isProven = client.proofStanding() === "proven";
  const { phase, url } = bond;
  return holds(isProven ? "logProven" : "logBelieved", { phase, bond: bond.bond, url });
}

async function requireBond(client: ChainClient, address: string): Promise<ProxyBondState> {
  const bond = await readProxyBond(client, address);
  if (bond !== undefined) return bond;
  throw new CocoonError("contract_unexpected", { address, reason: "nothing deployed" });
}

/** Whether this anchor stands in the bond's history, signed by the log's key: a key that was replaced since counts. */
export async function judgeAnchorOnChain(
  client: ChainClient,
  file: ProofFile,
  anchor: AnchorRecord,
): Promise<Finding> {
  const { bond } = file.log;
  const { checkpoint } = await requireBond(client, bond);
  if (checkpoint === undefined) refuse("nothing is anchored");
  const found =
    (await namedAnchor(client, anchor)) ?? (await findAnchor(client, bond, anchor.treeSize));
  if (found === undefined) {
    return unknown("historyUnkept");
  }
  const { transaction, anchored } = found;
  if (anchored.treeSize !== anchor.treeSize) refuse("treeSize");
  if (toHex(anchored.root) !== anchor.root) refuse("root");
  if (transaction.hash !== anchor.transaction) refuse("transaction");
  if (transaction.lt.toString() !== anchor.lt) refuse("lt");
  if (anchored.timestampSeconds !== anchor.timestamp) refuse("timestamp");
  requireLogSignature(transaction, anchored, { ...file.log, networkId: file.network.networkId });
  const at = new Date(transaction.atSeconds * 1_000).toISOString();
  const isProven = await isLinked(client, bond, transaction);
  const { count } = anchored;
  return holds(isProven ? "anchorProven" : "anchorBelieved", {
    at,
    count,
    newest: checkpoint.count,
  });
}

/** What is further back than this is believed, not proven. */
const linkedMax = 256;

/** Whether a proof of the account leads to the transaction. Throws account_proof_invalid for another history. */
async function isLinked(
  client: ChainClient,
  address: string,
  { hash }: ChainTransaction,
): Promise<boolean> {
  const { isProven, lastHash, lastLt } = await client.trustedAccount(address);
  if (!isProven || lastHash === undefined) return false;
  let looked = 0;
  for await (const transaction of linkedHistory(client, address, { hash: lastHash, lt: lastLt })) {
    if (transaction.hash === hash) return true;
    looked += 1;
    if (looked === linkedMax) return false;
  }
  return false;
}

function refuse(field: string): never {
  throw new CocoonError("anchor_mismatch", { field });
}

type FoundAnchor = {
  readonly transaction: ChainTransaction;
  readonly anchored: AnchoredCheckpoint;
};

/** The anchor in the transaction that the record names: one question, however many anchors followed. */
async function namedAnchor(
  client: ChainClient,
  { bond, transaction: hash, lt, treeSize }: AnchorRecord,
): Promise<FoundAnchor | undefined> {
  const named = client.transaction(bond, { lt: BigInt(lt), hash });
  const transaction = await unlessUnavailable(named);
  const anchored = transaction === undefined ? undefined : anchoredBy(transaction);
  if (transaction === undefined || anchored?.treeSize !== treeSize) return undefined;
  return { transaction, anchored };
}

/**
 * The newest anchor of a tree that is not larger, or the bond's first one. Undefined when the history ends before
 * that: trees only grow, and the bond counts its anchors.
 */
async function findAnchor(
  client: ChainClient,
  bond: string,
  treeSize: number,
): Promise<FoundAnchor | undefined> {
  for await (const transaction of historyAfter(client, bond, 0n)) {
    const anchored = anchoredBy(transaction);
    if (anchored === undefined) continue;
    if (anchored.treeSize <= treeSize || anchored.count === 1) return { transaction, anchored };
  }
  return undefined;
}

function anchoredBy({ outgoing }: ChainTransaction): AnchoredCheckpoint | undefined {
  const events = outgoing.filter(({ kind }) => kind === "external-out");
  return events.map(({ body }) => parseCheckpointAnchored(body)).find((found) => found);
}

/** The bond may name another key by now; the message that it accepted was signed by the key of that time. */
function requireLogSignature(
  { incoming }: ChainTransaction,
  { treeSize, root, timestampSeconds }: AnchoredCheckpoint,
  log: ProofFile["log"] & { readonly networkId: number },
): void {
  const signature = incoming === undefined ? undefined : anchorSignature(incoming.body);
  const { networkId, bond, publicKey } = log;
  const statement = { treeSize, root, timestampSeconds };
  const digest = anchorDigest({ networkId, bond, size: treeSize, root, timestampSeconds });
  const isSigned =
    incoming?.kind === "external-in" &&
    signature !== undefined &&
    incoming.body.equals(anchorBody({ ...statement, signature })) &&
    primitives.ed25519Verify(publicKey, digest, signature);
  if (!isSigned) refuse("publicKey");
}

/** The last 64 of the 116 bytes of an anchor's message. */
function anchorSignature(body: ChainMessage["body"]): Uint8Array | undefined {
  const slice = body.beginParse();
  if (slice.remainingBits !== 8 * 116) return undefined;
  slice.skip(8 * 52);
  return Uint8Array.from(slice.loadBuffer(64));
}
