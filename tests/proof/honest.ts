// Proof files of all kinds that hold: any answer, any place in any tree, each state, each disclosure.

import {
  answerContent,
  commitContent,
  type ContentFields,
  cosignNote,
  createSigningKey,
  finishReasons,
  hashLeaf,
  nanotons,
  parseNote,
  requestContent,
  signPromise,
  signReceipt,
  toHex,
  tokenContent,
  utf8,
} from "@cocoon/protocol";
import {
  buildProofFile,
  encodePolicySnapshot,
  openContent,
  type ProofParts,
  type WitnessQuorum,
} from "@cocoon/sdk";
import { anchorOf, createLog, createWorker, logKey, manifestHash, type Place } from "./answers.ts";
import type { Chance } from "./chance.ts";

export type Worker = Awaited<ReturnType<typeof createWorker>>;

const witnessKeys = ["one", "two", "three"].map((name, index) => {
  return { name: `${name}.example`, key: createSigningKey(new Uint8Array(32).fill(index + 1)) };
});

/** Who cosigns the checkpoints of these files. */
export const witnesses: WitnessQuorum = {
  keys: witnessKeys.map(({ name, key }) => ({ name, publicKey: key.publicKey })),
  threshold: witnessKeys.length,
};

/** The files of one log: as many as it has receipts, each of them in one state. */
export function honestFiles(
  place: Place,
  workers: readonly Worker[],
  chance: Chance,
  count = 1 + chance.below(40),
): readonly string[] {
  const answers = Array.from({ length: count }, () =>
    answerOf(place, chance.pick(workers), chance),
  );
  const receipts = answers.map(({ receipt }) => receipt);
  const log = createLog(place, receipts);
  const { text } = parseNote(log.checkpoint);
  const seconds = Math.floor(place.nowMs / 1_000);
  const lines = witnessKeys.map(({ name, key }) => cosignNote(key, name, text, seconds));
  const checkpoint = log.checkpoint + lines.join("");
  return answers.map(({ content, salt, worker, receipt }, index) => {
    const leafHash = hashLeaf(receipt);
    const anchor = chance.below(3) > 0 ? anchorOf(log, place) : undefined;
    const parts: ProofParts = {
      networkId: place.networkId,
      root: place.root,
      bond: place.bond,
      publicKey: toHex(logKey.publicKey),
      receipt,
      bundle: worker.bundle,
      promise: signPromise(logKey, { leafHash, index, timestampMs: place.nowMs + 60_000 }),
      verifiedAtMs: place.nowMs + 60_000 + chance.below(1_000),
      policy: encodePolicySnapshot(place.policy),
      logProof:
        chance.below(4) === 0
          ? undefined
          : JSON.stringify({ ...log.proof(index, anchor), checkpoint }),
    };
    const { digests } = commitContent(salt, content);
    const names = Object.keys(content).filter(() => chance.below(3) === 0);
    if (names.length === 0) return buildProofFile(parts);
    const disclosure = openContent({ salt, fields: content, digests }, names);
    return buildProofFile({ ...parts, disclosure });
  });
}

type Answer = {
  readonly worker: Worker;
  readonly receipt: Uint8Array;
  readonly salt: Uint8Array;
  readonly content: ContentFields;
};

function answerOf({ nowMs }: Place, worker: Worker, chance: Chance): Answer {
  const salt = chance.bytes(32);
  const content = contentOf(chance);
  const startedAtMs = nowMs + chance.below(30_000);
  const promptTokens = chance.below(100_000);
  const terms = {
    promptPerMillion: nanotons(BigInt(chance.below(2 ** 30))),
    completionPerMillion: nanotons(BigInt(chance.below(2 ** 30))),
    feeBps: chance.below(10_001),
  };
  const receipt = signReceipt(worker.key, {
    requestId: chance.bytes(16),
    headerHash: chance.bytes(32),
    claimsHash: worker.claimsHash,
    manifestHash: Uint8Array.from(Buffer.from(manifestHash, "hex")),
    channel: `0:${toHex(chance.bytes(32))}`,
    sequence: chance.below(2 ** 50),
    tier: "dev",
    usage: {
      promptTokens,
      completionTokens: chance.below(100_000),
      ...(chance.below(2) === 0 && { cachedTokens: chance.below(promptTokens + 1) }),
    },
    terms,
    requestHash: chance.bytes(32),
    answerHash: chance.bytes(32),
    chunkCount: chance.below(2 ** 32),
    startedAtMs,
    finishedAtMs: startedAtMs + chance.below(30_000),
    finishReason: chance.pick(finishReasons),
    contentCommitment: commitContent(salt, content).commitment,
  });
  return { worker, receipt, salt, content };
}

function contentOf(chance: Chance): ContentFields {
  const messages = Array.from({ length: 1 + chance.below(5) }, () => {
    return { role: "user", content: toHex(chance.bytes(chance.below(40))) };
  });
  return {
    ...requestContent(utf8(JSON.stringify({ path: "/v1/chat/completions", body: { messages } }))),
    ...answerContent(utf8(`{"choices":[{"index":0,"delta":{"content":"${chance.below(99)}"}}]}\n`)),
    ...tokenContent({ answer: [chance.below(2 ** 32)] }),
  };
}
