// What the tests of this room share: a worker with keys, and a client's request to it.

import { utf8 } from "../bytes/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { nanotons } from "../units/index.ts";
import { ExecutedRequests } from "./executed-requests.ts";
import type { Alternate, RequestHeader } from "./header.ts";
import { type KeyConfig, openKeyConfig } from "./key-config.ts";
import { Keyring } from "./keyring.ts";
import { type PendingRequest, type RequestToSeal, sealRequest } from "./request.ts";
import type { RequestFlags } from "./public-part.ts";
import type { SuiteId } from "./suite.ts";

export const nowMs = 1_795_000_000_000;
export const ttlSeconds = 120;
export const suites: readonly SuiteId[] = [1, 2];

export const header: RequestHeader = {
  networkId: -7239,
  manifestHash: "a4".repeat(32),
  tier: "confidential",
  tokensMax: 4_096,
  promptPerMillion: nanotons(25_000_000n),
  completionPerMillion: nanotons(80_000_000n),
  feeBps: 250,
  channel: `0:${"c1".repeat(32)}`,
  sequence: 7,
  claimsHash: "a3".repeat(32),
  alternates: [],
};

/** What recipients after the first ask, each a little less. */
const alternates = [1, 2, 3].map((index) => {
  const promptPerMillion = nanotons(25_000_000n - BigInt(index));
  return { ...header, claimsHash: `b${index}`.repeat(32), promptPerMillion };
});
const alternatesOf = (count: number): readonly Alternate[] =>
  alternates
    .slice(0, Math.max(0, count - 1))
    .map(({ claimsHash, promptPerMillion, completionPerMillion }) => {
      return { claimsHash, promptPerMillion, completionPerMillion };
    });

export const noFlags: RequestFlags = { isStrict: false, keepsSession: false, isResumed: false };

export type Worker = {
  readonly keyring: Keyring;
  readonly executed: ExecutedRequests;
  readonly config: KeyConfig;
};

export async function createWorker(suite: SuiteId, seedByte: number = 1): Promise<Worker> {
  const identityKey = createSigningKey(new Uint8Array(32).fill(seedByte));
  const keyring = new Keyring({ suite, identityKey });
  const { keyConfig } = await keyring.current(nowMs);
  const config = openKeyConfig(keyConfig, identityKey.publicKey, nowMs);
  return { keyring, executed: new ExecutedRequests(), config };
}

export async function sealTo(
  workers: readonly Worker[],
  body: Uint8Array = utf8('{"messages":[]}'),
  options: Partial<Omit<RequestToSeal, "recipients" | "header">> = {},
): Promise<{ readonly wire: Uint8Array; readonly pending: PendingRequest }> {
  const recipients = workers.map((worker) => worker.config);
  const asked = { ...header, alternates: alternatesOf(recipients.length) };
  return await sealRequest({ recipients, header: asked, body, nowMs, ttlSeconds, ...options });
}

/** A copy with some bytes replaced. */
export function overwrite(bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array {
  const altered = Uint8Array.from(bytes);
  altered.set(values, offset);
  return altered;
}

/** A copy with one bit flipped; a negative index counts from the end. */
export function flip(bytes: Uint8Array, index: number): Uint8Array {
  const offset = index < 0 ? bytes.length + index : index;
  return overwrite(bytes, offset, (bytes[offset] ?? 0) ^ 1);
}
