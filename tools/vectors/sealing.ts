import {
  type AnswerFrame,
  concatBytes,
  createAnswer,
  createSigningKey,
  encodeAnswerFrame,
  ExecutedRequests,
  Keyring,
  nanotons,
  openKeyConfig,
  openRequest,
  type RequestHeader,
  sealRequest,
  type SuiteId,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { withFixedRandomness } from "./fixed-randomness.ts";
import { channelAddress, devnetId } from "./voucher.ts";

const nowMs = 1_795_000_000_000;
const identitySeed = new Uint8Array(32).fill(0x1d);
/** The first 32 bytes that the keyring asks for: the input keying material of DeriveKeyPair (RFC 9180). */
const keySeed = new Uint8Array(32).fill(0x4b);
const body = utf8('{"messages":[{"role":"user","content":"hello"}]}');

export const header: RequestHeader = {
  networkId: devnetId,
  manifestHash: "a4".repeat(32),
  tier: "confidential",
  tokensMax: 4_096,
  promptPerMillion: nanotons(25_000_000n),
  completionPerMillion: nanotons(80_000_000n),
  feeBps: 250,
  channel: channelAddress,
  sequence: 7,
  claimsHash: "a3".repeat(32),
  alternates: [],
};

/** With one recipient no alternates are written. */
const { alternates: _none, ...plainHeader } = header;

const frames: readonly AnswerFrame[] = [
  { kind: "event", events: ['{"text":"hi"}', '{"text":" there"}'] },
  { kind: "cover" },
  {
    kind: "final",
    receipt: new Uint8Array(385).fill(0x5e),
    salt: new Uint8Array(32).fill(0x5a),
    rest: {},
  },
];

/** For each suite: a key configuration, a sealed request to it, and its sealed answer, with all that opens them. */
export async function sealingVectors(): Promise<object> {
  const identityKey = createSigningKey(identitySeed);
  return {
    about:
      "Spec chapter 4. keySeed is the input keying material of the recipient's key pair. A recipient of keyConfig opens request to body; a client that sealed it opens answer to frames.",
    nowMs,
    identitySeed: toHex(identitySeed),
    identityKey: toHex(identityKey.publicKey),
    keySeed: toHex(keySeed),
    suites: [await suiteVector(1), await suiteVector(2)],
  };
}

async function suiteVector(suite: SuiteId): Promise<object> {
  return await withFixedRandomness(`cocoon vectors suite ${suite}`, async (random) => {
    const identityKey = createSigningKey(identitySeed);
    const keyring = new Keyring({ suite, identityKey, random: () => keySeed });
    const { keyConfig } = await keyring.current(nowMs);
    const config = openKeyConfig(keyConfig, identityKey.publicKey, nowMs);
    const request = { recipients: [config], header, body, nowMs, ttlSeconds: 120, random };
    const { wire } = await sealRequest(request);
    const at = { nowMs, executed: new ExecutedRequests() };
    const opened = await openRequest(wire, keyring, at);
    const answer = createAnswer(opened, { random });
    const chunks = frames.slice(0, -1).map((frame) => toHex(answer.seal(frame)));
    const answerHash = toHex(answer.answerHash());
    const finalChunk = toHex(answer.seal(frames.at(-1) ?? { kind: "cover" }));
    return {
      suite,
      keyConfig: toHex(keyConfig),
      kid: toHex(config.kid),
      request: toHex(wire),
      requestId: toHex(opened.requestId),
      header: { ...plainHeader, promptPerMillion: "25000000", completionPerMillion: "80000000" },
      headerHash: toHex(opened.headerHash),
      requestHash: toHex(opened.requestHash),
      body: toHex(body),
      answerHead: toHex(answer.head),
      answerChunks: [...chunks, finalChunk],
      answerFrames: frames.map((frame) => toHex(encodeAnswerFrame(frame, 256))),
      answerHash,
      refused: suite === 1 ? refusedRequests(wire) : [],
    };
  });
}

/** Each altered request with the code of its refusal. The header begins at byte 38; a slot of suite 1 has 88 bytes. */
function refusedRequests(wire: Uint8Array): object[] {
  const headerEnd = 38 + (wire[36] ?? 0) * 256 + (wire[37] ?? 0);
  const slotEnd = headerEnd + 88;
  const altered = (offset: number, ...bytes: number[]): Uint8Array => {
    const copy = Uint8Array.from(wire);
    copy.set(bytes, offset);
    return copy;
  };
  const flipped = (offset: number): Uint8Array => altered(offset, (wire[offset] ?? 0) ^ 1);
  const price = 38 + new TextDecoder().decode(wire.subarray(38, headerEnd)).indexOf("25000000");
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ["version 2", altered(4, 2), "sealed_malformed"],
    ["an unknown suite", altered(5, 3), "sealed_malformed"],
    ["an unknown flag", altered(6, 8), "sealed_malformed"],
    ["the strict flag set", altered(6, 1), "sealed_unopenable"],
    ["the flag of a resumed request set", altered(6, 4), "session_unknown"],
    ["no recipients", altered(7, 0), "sealed_malformed"],
    ["a ttl above 600 seconds", altered(32, 0, 0, 2, 0x59), "sealed_malformed"],
    ["created 65 seconds ahead", altered(24, 0, 0, 1, 0xa1, 0xee, 0x57), "sealed_expired"],
    ["another price", altered(price, 0x31), "sealed_unopenable"],
    ["another request id", flipped(8), "sealed_unopenable"],
    ["another kid", flipped(headerEnd), "recipient_unknown"],
    ["another encapsulated secret", flipped(headerEnd + 8), "sealed_unopenable"],
    ["another wrapped key", flipped(headerEnd + 40), "sealed_unopenable"],
    ["the final flag cleared", altered(slotEnd, (wire[slotEnd] ?? 0) & 0x7f), "sealed_unopenable"],
    ["another ciphertext", flipped(slotEnd + 3), "sealed_unopenable"],
    ["cut after the slot", wire.subarray(0, slotEnd), "sealed_truncated"],
    ["one byte short", wire.subarray(0, -1), "sealed_truncated"],
    ["one byte more", concatBytes(wire, Uint8Array.of(0)), "sealed_trailing"],
  ];
  return rows.map(([name, request, error]) => ({ name, request: toHex(request), error }));
}
