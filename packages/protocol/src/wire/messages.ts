// What is said on a stream. Spec chapter 3, section 6.

import { concatBytes, textOf, utf8 } from "../bytes/index.ts";
import { JsonReader, parseJson } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";

/** What a stream is opened for; the first byte of OPEN. */
export const streamKinds = {
  /** client → proxy: one request and its answer. */
  request: 1,
  /** proxy → worker: the same request, relayed. */
  job: 2,
  /** client → proxy: an evidence bundle by its claims hash. */
  evidence: 3,
  /** client → proxy: the payment channel, its vouchers, its close. As long as the connection. */
  account: 4,
  /** worker → proxy: evidence, keys, asks and load; vouchers come back. As long as the connection. */
  announce: 5,
  /** client → proxy: inclusion proofs and anchors of receipts. */
  proof: 6,
  /** client → proxy: what the proxy knows of the network. */
  status: 7,
} as const;

/** The first byte of every message. The names are those of spec chapter 3, section 6. */
export const messageTypes = {
  ask: 1,
  offer: 2,
  body: 3,
  bodyLast: 4,
  answer: 5,
  receipt: 6,
  committed: 7,
  promise: 8,
  final: 9,
  acknowledge: 10,
  failed: 11,
  release: 12,
  getEvidence: 16,
  evidence: 17,
  attach: 32,
  account: 33,
  reconcile: 34,
  ready: 35,
  voucher: 36,
  voucherHeld: 37,
  close: 38,
  closed: 39,
  announce: 48,
  load: 49,
  uncommitted: 50,
  payFrom: 51,
  withdraw: 52,
  getProof: 64,
  proof: 65,
  getStatus: 80,
  status: 81,
} as const;

export type MessageName = keyof typeof messageTypes;

/** A message: its name, the bytes after the first, and all bytes, for those who only pass it on. */
export type Message = {
  readonly name: MessageName;
  readonly body: Uint8Array;
  readonly raw: Uint8Array;
};

const nameOfType = new Map<number, MessageName>(
  // oxlint-disable-next-line no-unsafe-type-assertion -- Object.entries forgets the literal keys
  (Object.entries(messageTypes) as [MessageName, number][]).map(([name, type]) => [type, name]),
);

/** A message with a binary body. */
export function encodeMessage(name: MessageName, body: Uint8Array = new Uint8Array()): Uint8Array {
  return concatBytes(Uint8Array.of(messageTypes[name]), body);
}

/** A message whose body is JSON; amounts are decimal texts. */
export function encodeJsonMessage(name: MessageName, value: object): Uint8Array {
  return encodeMessage(name, utf8(JSON.stringify(value, bigintAsText)));
}

function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** Reads the envelope; `peer_misbehaved` when the type is unknown. */
export function readMessage(bytes: Uint8Array): Message {
  const name = nameOfType.get(bytes[0] ?? 0);
  if (name === undefined) throw new CocoonError("peer_misbehaved", { reason: "unknown message" });
  return { name, body: bytes.subarray(1), raw: bytes };
}

/** Throws unless the message has this name. */
export function expectMessage(message: Message | undefined, name: MessageName): Uint8Array {
  if (message === undefined) throw new CocoonError("peer_unreachable", { reason: "stream ended" });
  if (message.name !== name) throw new CocoonError("peer_misbehaved", { got: message.name });
  return message.body;
}

/** A reader of a JSON body. */
export function readJsonBody(body: Uint8Array): JsonReader {
  const text = textOf(body);
  if (text === undefined) throw new CocoonError("peer_misbehaved", { reason: "not UTF-8" });
  return new JsonReader(parseJson(text, "peer_misbehaved"), "peer_misbehaved");
}
