// Requests to two recipients, requests of a session, and answers of the strict class, with the seeds that open them.

import {
  type AnswerFrame,
  createAnswer,
  createSigningKey,
  encodeAnswerFrame,
  ExecutedRequests,
  KeptSessions,
  Keyring,
  type KeyConfig,
  openKeyConfig,
  openRequest,
  type PendingRequest,
  type RequestToSeal,
  sealRequest,
  strictFrameBytes,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { withFixedRandomness } from "./fixed-randomness.ts";
import { header } from "./sealing.ts";

const nowMs = 1_795_000_000_000;
const identitySeed = new Uint8Array(32).fill(0x1d);
const keySeeds = [new Uint8Array(32).fill(0x4b), new Uint8Array(32).fill(0x4c)];
const body = utf8('{"messages":[{"role":"user","content":"hello"}]}');
const { promptPerMillion, completionPerMillion } = header;
const alternates = [{ claimsHash: "b1".repeat(32), promptPerMillion, completionPerMillion }];

const frames: readonly AnswerFrame[] = [
  { kind: "cover" },
  { kind: "part", text: `{"text":"${"long ".repeat(400)}` },
  { kind: "event", events: ['and at its end"}', '{"text":"."}'] },
  {
    kind: "final",
    receipt: new Uint8Array(385).fill(0x5e),
    salt: new Uint8Array(32).fill(0x5a),
    rest: {},
  },
];

type Random = (sizeBytes: number) => Uint8Array;
type Worker = { readonly keyring: Keyring; readonly config: KeyConfig };

/** One request as one worker of the two gets it. */
type Case = {
  readonly name: string;
  readonly recipient: number;
  readonly release: string | null;
  /** What this worker opened before, and keeps the session of. */
  readonly after: string | null;
  readonly request: string;
  readonly error: string | null;
};

export async function recipientVectors(): Promise<object> {
  return await withFixedRandomness("cocoon vectors recipients", async (random) => {
    const workers = await Promise.all(keySeeds.map((seed) => createWorker(seed)));
    return {
      about:
        "Spec 4.9, 4.11 and 4.12, suite 1. keySeeds are the input keying material of two workers' key pairs. For each request: the worker it comes to, the release that comes with it, the request that this worker opened before, and what it must say. Opened requests have the body below. A client that sealed it opens strict.answer to strict.frames.",
      nowMs,
      identitySeed: toHex(identitySeed),
      identityKey: toHex(createSigningKey(identitySeed).publicKey),
      keySeeds: keySeeds.map((seed) => toHex(seed)),
      kids: workers.map(({ config }) => toHex(config.kid)),
      body: toHex(body),
      requests: [...(await turnCases(workers, random)), ...(await sessionCases(workers, random))],
      strict: await strictVector(workers, random),
    };
  });
}

async function createWorker(seed: Uint8Array): Promise<Worker> {
  const identityKey = createSigningKey(identitySeed);
  const keyring = new Keyring({ suite: 1, identityKey, random: () => seed });
  const { keyConfig } = await keyring.current(nowMs);
  return { keyring, config: openKeyConfig(keyConfig, identityKey.publicKey, nowMs) };
}

function seal(
  workers: readonly Worker[],
  random: Random,
  options: Partial<RequestToSeal> = {},
): Promise<{ readonly wire: Uint8Array; readonly pending: PendingRequest }> {
  return sealRequest({
    recipients: workers.map(({ config }) => config),
    header: { ...header, alternates: alternates.slice(0, workers.length - 1) },
    body,
    nowMs,
    ttlSeconds: 120,
    random,
    ...options,
  });
}

async function turnCases(workers: readonly Worker[], random: Random): Promise<Case[]> {
  const { wire, pending } = await seal(workers, random);
  const request = toHex(wire);
  const release = toHex(pending.recipients[1]?.release ?? new Uint8Array());
  const rows: readonly (readonly [string, number, string | null, string | null])[] = [
    ["the first of two", 0, null, null],
    ["the second, released", 1, release, null],
    ["the second before its turn", 1, null, "recipient_unreleased"],
    ["the second with another release", 1, "00".repeat(32), "sealed_unopenable"],
    ["the first with the second's release", 0, release, "sealed_unopenable"],
  ];
  return rows.map(([name, recipient, given, error]) => {
    return { name, recipient, release: given, after: null, request, error };
  });
}

async function sessionCases([worker, other]: readonly Worker[], random: Random): Promise<Case[]> {
  if (worker === undefined || other === undefined) throw new RangeError("two workers");
  const opening = await seal([worker], random, { keepsSession: true });
  const session = opening.pending.recipients[0]?.session;
  if (session === undefined) throw new RangeError("no session");
  const resumed = await seal([worker], random, { resumes: [session] });
  const slot = resumed.wire.length - 512 - 19 - 48;
  const altered = Uint8Array.from(resumed.wire);
  altered[slot] = (altered[slot] ?? 0) ^ 1;
  const after = toHex(opening.wire);
  const plain = { recipient: 0, release: null };
  const request = toHex(resumed.wire);
  return [
    { ...plain, name: "one that keeps a session", after: null, request: after, error: null },
    { ...plain, name: "a resumed one", after, request, error: null },
    { ...plain, name: "an unknown session", after: null, request, error: "session_unknown" },
    {
      ...plain,
      name: "a resumed one with another wrapped key",
      after,
      request: toHex(altered),
      error: "sealed_unopenable",
    },
    {
      ...plain,
      recipient: 1,
      name: "a resumed one at another worker",
      after: null,
      request,
      error: "recipient_unknown",
    },
  ];
}

async function strictVector([worker]: readonly Worker[], random: Random): Promise<object> {
  if (worker === undefined) throw new RangeError("no worker");
  const { wire } = await seal([worker], random, { isStrict: true });
  const at = { nowMs, executed: new ExecutedRequests(), sessions: new KeptSessions() };
  const answer = createAnswer(await openRequest(wire, worker.keyring, at), { random });
  return {
    request: toHex(wire),
    answerHead: toHex(answer.head),
    answerChunks: frames.map((frame) => toHex(answer.seal(frame))),
    answerFrames: frames.map((frame) => toHex(encodeAnswerFrame(frame, strictFrameBytes))),
  };
}
