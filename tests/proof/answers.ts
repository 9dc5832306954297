// Two answers of two workers in one log, with everything that proves them. Keys are fixed; the vendor's are not.

import {
  createSimulatedBundle,
  createSimulatedVendor,
  simulatedEvaluationNumber,
  type SimulatedGpu,
  simulatedImageHash,
  simulatedProfile,
  simulatedTeeType,
} from "@cocoon/devnet";
import {
  type AnchorRecord,
  claimsHash,
  commitContent,
  createSigningKey,
  encodeClaims,
  fromHex,
  gpuEvidenceHash,
  gpuNonce,
  hashLeaf,
  inclusionProof,
  type LogProof,
  logOrigin,
  MerkleTree,
  nanotons,
  noHash,
  signCheckpoint,
  type SigningKey,
  signPromise,
  signReceipt,
  toHex,
  type TreeNode,
  utf8,
  workerIdOf,
} from "@cocoon/protocol";
import { encodePolicySnapshot, type PolicySnapshot, type ProofParts } from "@cocoon/sdk";

/** Where and when the answers are given. */
export type Place = {
  readonly nowMs: number;
  readonly networkId: number;
  readonly root: string;
  readonly bond: string;
  readonly policy: PolicySnapshot;
};

export const logKey = createSigningKey(new Uint8Array(32).fill(0x4c));
export const otherLogKey = createSigningKey(new Uint8Array(32).fill(0x4d));
export const profiles = [simulatedProfile];
export const manifestHash = "d4".repeat(32);
export const imageHash = simulatedImageHash("worker");
export const modelName = "cocoon-tiny";
export const contextTokens = 2_048;

export const place: Place = {
  nowMs: Date.parse("2026-11-22T12:00:00Z"),
  networkId: -7_239,
  root: `0:${"a1".repeat(32)}`,
  bond: `0:${"b0".repeat(32)}`,
  policy: {
    readAtMs: Date.parse("2026-11-22T11:59:00Z"),
    revision: 4,
    tcbEvaluationFloor: simulatedEvaluationNumber,
    models: new Map([
      [manifestHash, { name: modelName, contextTokens }],
      ["05".repeat(32), { name: "another", contextTokens: 512 }],
    ]),
    measurements: new Map([[imageHash, { teeType: simulatedTeeType, role: "worker" }]]),
  },
};

export const content = {
  request: utf8('{"path":"/v1/chat/completions","body":{"messages":[]}}'),
  answer: utf8('{"choices":[]}\n'),
};
export const salt = Uint8Array.from({ length: 32 }, (_, index) => index);

type Worker = {
  readonly key: SigningKey;
  readonly bundle: Uint8Array;
  readonly claimsHash: Uint8Array;
};

/** A worker that runs the image with this name, beside a GPU where one is given. */
export async function createWorker(
  { nowMs, networkId, root }: Place,
  seed: number,
  { measurement = "worker", gpu }: { measurement?: string; gpu?: SimulatedGpu } = {},
): Promise<Worker> {
  const key = createSigningKey(new Uint8Array(32).fill(seed));
  const evidence = await gpu?.attest(gpuNonce(key.publicKey, bytesOf(noHash)));
  const claims = {
    simulated: true,
    role: "worker" as const,
    networkId,
    rootAddress: root,
    workerId: workerIdOf(key.publicKey),
    identityKey: key.publicKey,
    payout: `0:${"b2".repeat(32)}`,
    bootNonce: new Uint8Array(16).fill(seed),
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + 6 * 3_600_000,
    anchorSeqno: 0,
    anchorRootHash: noHash,
    manifestHash,
    engineHash: "e5".repeat(32),
    gpuEvidenceHash: evidence === undefined ? noHash : gpuEvidenceHash(evidence),
  };
  const vendor = await createSimulatedVendor({ nowMs: () => nowMs });
  const bundle = await createSimulatedBundle(vendor, {
    claims,
    measurement,
    ...(evidence && { gpu: evidence }),
  });
  return { key, bundle, claimsHash: bytesOf(claimsHash(encodeClaims(claims))) };
}

/** A receipt for an answer that began at the place's time and took 1,234 ms. */
export function createReceipt({ nowMs }: Place, worker: Worker, sequence: number): Uint8Array {
  return signReceipt(worker.key, {
    requestId: new Uint8Array(16).fill(sequence),
    headerHash: new Uint8Array(32).fill(0xa2),
    claimsHash: worker.claimsHash,
    manifestHash: bytesOf(manifestHash),
    channel: `0:${"c4".repeat(32)}`,
    sequence,
    tier: "dev",
    usage: { promptTokens: 17, completionTokens: 211 },
    terms: {
      promptPerMillion: nanotons(25_000_000n),
      completionPerMillion: nanotons(80_000_000n),
      feeBps: 250,
    },
    requestHash: new Uint8Array(32).fill(0xa5),
    answerHash: new Uint8Array(32).fill(0xa6),
    chunkCount: 12,
    startedAtMs: nowMs,
    finishedAtMs: nowMs + 1_234,
    finishReason: "stop",
    contentCommitment: commitContent(salt, content).commitment,
  });
}

/** A log whose checkpoint covers all of its receipts. */
export type TestLog = {
  readonly treeSize: number;
  readonly root: Uint8Array;
  readonly checkpoint: string;
  readonly proof: (leafIndex: number, anchor?: AnchorRecord) => LogProof;
};

export function createLog(
  { networkId, bond }: Place,
  receipts: readonly Uint8Array[],
  key = logKey,
): TestLog {
  let tree = MerkleTree.empty;
  const nodes: TreeNode[] = [];
  for (const receipt of receipts) {
    const appended = tree.append(hashLeaf(receipt));
    tree = appended.tree;
    nodes.push(...appended.nodes);
  }
  const readNode = (level: number, index: number): Uint8Array | undefined =>
    nodes.find((node) => node.level === level && node.index === index)?.hash;
  const checkpoint = signCheckpoint(key, { origin: logOrigin(networkId, bond), ...tree.head() });
  return {
    treeSize: tree.size,
    root: tree.root(),
    checkpoint,
    proof: (leafIndex, anchor) => {
      return {
        leafIndex,
        checkpoint,
        treeSize: tree.size,
        inclusion: inclusionProof(leafIndex, tree.size, readNode).map((hash) => toHex(hash)),
        ...(anchor !== undefined && { anchor }),
      };
    },
  };
}

export type Answers = {
  /** Of the answer at index 2, and of the one at index 4, by another worker; both only signed. */
  readonly first: ProofParts;
  readonly second: ProofParts;
  readonly receipts: readonly Uint8Array[];
  readonly log: TestLog;
};

export const firstIndex = 2;
export const secondIndex = 4;

export async function createAnswers(at: Place = place): Promise<Answers> {
  const workers = [await createWorker(at, 0x1d), await createWorker(at, 0x1e)] as const;
  const receipts = [0, 1, 2, 3, 4, 5, 6].map((sequence) =>
    createReceipt(at, workers[sequence === secondIndex ? 1 : 0], sequence),
  );
  const parts = (index: number, { bundle }: Worker): ProofParts => {
    const receipt = receipts[index] ?? new Uint8Array();
    const timestampMs = at.nowMs + 1_240;
    return {
      networkId: at.networkId,
      root: at.root,
      receipt,
      bundle,
      promise: signPromise(logKey, { leafHash: hashLeaf(receipt), index, timestampMs }),
      verifiedAtMs: at.nowMs + 1_250,
      bond: at.bond,
      publicKey: toHex(logKey.publicKey),
      policy: encodePolicySnapshot(at.policy),
      logProof: undefined,
    };
  };
  return {
    first: parts(firstIndex, workers[0]),
    second: parts(secondIndex, workers[1]),
    receipts,
    log: createLog(at, receipts),
  };
}

/** A record of an anchor as a proxy would tell it. */
export function anchorOf({ treeSize, root }: TestLog, at: Place = place): AnchorRecord {
  return {
    bond: at.bond,
    treeSize,
    root: toHex(root),
    transaction: "7a".repeat(32),
    lt: "46000000000001",
    timestamp: Math.floor(at.nowMs / 1_000) + 30,
  };
}

/** The parts with a proof of the log at that index, anchored where a record is given. */
export function withProof(parts: ProofParts, log: TestLog, anchor?: AnchorRecord): ProofParts {
  const index = parts.receipt[4] ?? 0;
  return { ...parts, logProof: JSON.stringify(log.proof(index, anchor)) };
}

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
