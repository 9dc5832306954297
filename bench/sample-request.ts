// A request as the measurements send it: one recipient, 6 KiB of body, as a chat of some turns has.

import {
  createSigningKey,
  ExecutedRequests,
  type KeyConfig,
  Keyring,
  nanotons,
  openKeyConfig,
  type ReceiptFields,
  type RequestHeader,
  sealRequest,
  type SuiteId,
} from "@cocoon/protocol";

export const sampleNowMs = 1_795_000_000_000;
export const sampleChannel = `0:${"c1".repeat(32)}`;
export const sampleNetworkId = -7_239;
const bodyBytes = 6 * 1_024;
const terms = {
  promptPerMillion: nanotons(25_000_000n),
  completionPerMillion: nanotons(80_000_000n),
  feeBps: 250,
};

const header: RequestHeader = {
  networkId: sampleNetworkId,
  manifestHash: "a4".repeat(32),
  tier: "confidential",
  tokensMax: 4_096,
  ...terms,
  channel: sampleChannel,
  sequence: 7,
  claimsHash: "a3".repeat(32),
  alternates: [],
};

export const sampleBody: Uint8Array = new Uint8Array(bodyBytes).fill(0x20);

export const sampleReceipt: ReceiptFields = {
  requestId: new Uint8Array(16).fill(0xa1),
  headerHash: new Uint8Array(32).fill(0xa2),
  claimsHash: new Uint8Array(32).fill(0xa3),
  manifestHash: new Uint8Array(32).fill(0xa4),
  channel: sampleChannel,
  sequence: 7,
  tier: "confidential",
  usage: { promptTokens: 1_700, cachedTokens: 500, completionTokens: 211 },
  terms,
  requestHash: new Uint8Array(32).fill(0xa5),
  answerHash: new Uint8Array(32).fill(0xa6),
  chunkCount: 12,
  startedAtMs: sampleNowMs,
  finishedAtMs: sampleNowMs + 1_234,
  finishReason: "stop",
  contentCommitment: new Uint8Array(32).fill(0xa7),
};

export type SampleWorker = {
  readonly keyring: Keyring;
  readonly config: KeyConfig;
  /** Nothing yet: each opening is a first one. */
  readonly executed: () => ExecutedRequests;
};

export async function createSampleWorker(suite: SuiteId): Promise<SampleWorker> {
  const identityKey = createSigningKey(new Uint8Array(32).fill(1));
  const keyring = new Keyring({ suite, identityKey });
  const { keyConfig } = await keyring.current(sampleNowMs);
  const config = openKeyConfig(keyConfig, identityKey.publicKey, sampleNowMs);
  return { keyring, config, executed: () => new ExecutedRequests() };
}

export function sealSample(worker: SampleWorker): ReturnType<typeof sealRequest> {
  return sealRequest({
    recipients: [worker.config],
    header,
    body: sampleBody,
    nowMs: sampleNowMs,
    ttlSeconds: 120,
  });
}
