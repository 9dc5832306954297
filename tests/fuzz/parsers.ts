// Every parser that meets bytes of a stranger, each with something well-formed to begin from.

import {
  fromHex,
  JsonReader,
  openKeyConfig,
  parseAnswerFrame,
  parseBundle,
  parseCertificate,
  parseChatRequest,
  parseCheckpoint,
  parseChunk,
  parseClaims,
  parseCompletionRequest,
  parseEmbeddingRequest,
  parseEntries,
  parseGpuReport,
  parseJson,
  parseLogOrigin,
  parseMessagesRequest,
  parseModelList,
  parseNote,
  parsePemCertificates,
  parsePromise,
  parseReceipt,
  parseRequestHeader,
  parseResponsesRequest,
  parseRevocationList,
  parseVoucher,
  parseWitnessRequest,
  readAccount,
  readAnnouncement,
  readAnswerHead,
  readAsk,
  readAttach,
  readClosed,
  readFailed,
  readGetProof,
  readLoad,
  readLogProof,
  readMessage,
  readOffer,
  readPayFrom,
  readPublicHeader,
  readRequestIds,
  readVoucherHeld,
  readVoucherMessage,
  readWithdrawal,
  textOf,
  utf8,
  verifyHello,
} from "@cocoon/protocol";
import { parseProofFile, parsePolicySnapshot } from "@cocoon/sdk";
import { parseRootGenesis } from "@cocoon/contracts";
import { readText } from "../files.ts";

export type ForeignParser = {
  readonly name: string;
  readonly parse: (bytes: Uint8Array) => unknown;
  /** Well-formed; changed in every way before they are parsed. */
  readonly seeds: readonly Uint8Array[];
};

type Json = Readonly<Record<string, unknown>>;

/** A file of vectors, of which the texts are taken that a path leads to; `*` is every element. */
function vector(file: string, ...path: readonly string[]): string[] {
  const root: unknown = JSON.parse(readText(`vectors/${file}.json`));
  const found = path.reduce<unknown[]>(
    (values, name) =>
      values.flatMap((value): unknown[] => {
        if (name === "*") return isList(value) ? [...value] : [];
        const inner: unknown =
          typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
        return [inner];
      }),
    [root],
  );
  return found.filter((value) => typeof value === "string");
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

const hex = (...from: Parameters<typeof vector>): Uint8Array[] =>
  vector(...from).map((text) => fromHex(text) ?? new Uint8Array());
const text = (...from: Parameters<typeof vector>): Uint8Array[] => vector(...from).map(utf8);
const json = (value: Json): Uint8Array => utf8(JSON.stringify(value));
const asText =
  (parse: (given: string) => unknown) =>
  (bytes: Uint8Array): unknown =>
    parse(textOf(bytes) ?? "");
const asJson =
  (parse: (value: unknown) => unknown) =>
  (bytes: Uint8Array): unknown =>
    parse(parseJson(textOf(bytes) ?? "", "request_malformed"));

const address = `0:${"ab".repeat(32)}`;
const id = "ab".repeat(16);
const identityKey = hex("sealing", "identityKey")[0] ?? new Uint8Array();
const message = { role: "user", content: "What is a receipt?" };
const tool = {
  type: "function",
  function: {
    name: "look",
    parameters: { type: "object", properties: { at: { type: "string" } } },
  },
};

const wire: readonly ForeignParser[] = [
  { name: "message", parse: readMessage, seeds: [Uint8Array.of(1, 123, 125), Uint8Array.of(33)] },
  {
    name: "hello",
    parse: (bytes) =>
      verifyHello(bytes, {
        side: "listener",
        role: "proxy",
        networkId: -7_239,
        rootAddress: `0:${"40".repeat(32)}`,
        binding: new Uint8Array(32).fill(0xb1),
      }),
    seeds: hex("hello", "hellos", "*", "payload"),
  },
  ...Object.entries({
    readAsk,
    readOffer,
    readFailed,
    readAttach,
    readAccount,
    readRequestIds,
  }).map(named),
  ...Object.entries({ readVoucherMessage, readVoucherHeld, readPayFrom, readClosed }).map(named),
  ...Object.entries({ readAnnouncement, readLoad, readWithdrawal, readGetProof, readLogProof }).map(
    named,
  ),
];

/** One object that has a field of most messages, so that a reader comes a good way before it refuses. */
function named([name, parse]: readonly [string, (bytes: Uint8Array) => unknown]): ForeignParser {
  const fields = {
    address,
    channel: address,
    payer: address,
    payee: address,
    model: "ab".repeat(32),
    tokensMax: 64,
    deposit: "1000",
    claimed: "0",
    posted: "5",
    vouchered: "5",
    held: "5",
    paid: "5",
    creditWindow: "100",
    unacknowledged: [id],
    requests: [id],
    request: id,
    code: "queue_full",
    details: { retryAfterMs: 5 },
    active: 1,
    queued: 0,
    closeTimeoutSeconds: 3_600,
    salt: "1",
    sessionKey: "ab".repeat(32),
    transaction: "ab".repeat(32),
    recipients: [{ bundle: id, keyConfig: id, terms: {} }],
  };
  return {
    name,
    parse,
    seeds: [json(fields), hex("voucher", "vouchers", "*", "bytes")[0] ?? json({})],
  };
}

const sealing: readonly ForeignParser[] = [
  {
    name: "key configuration",
    parse: (bytes) => openKeyConfig(bytes, identityKey, 1_795_000_000_000),
    seeds: hex("sealing", "suites", "*", "keyConfig"),
  },
  {
    name: "sealed request, its public part",
    parse: readPublicHeader,
    seeds: [
      ...hex("sealing", "suites", "*", "request"),
      ...hex("recipients", "requests", "*", "request"),
    ],
  },
  {
    name: "request header",
    parse: parseRequestHeader,
    seeds: hex("sealing", "suites", "*", "request"),
  },
  {
    name: "answer head",
    parse: readAnswerHead,
    seeds: hex("sealing", "suites", "*", "answerHead"),
  },
  {
    name: "answer frame",
    parse: parseAnswerFrame,
    seeds: hex("sealing", "suites", "*", "answerFrames", "*"),
  },
  {
    name: "answer frame of one size",
    parse: (bytes) => parseAnswerFrame(bytes, true),
    seeds: hex("recipients", "strict", "answerFrames", "*"),
  },
];

const bundles = hex("evidence", "samples", "*", "bundle");
const evidence: readonly ForeignParser[] = [
  { name: "bundle", parse: parseBundle, seeds: bundles },
  { name: "claims", parse: parseClaims, seeds: hex("evidence", "samples", "*", "encodedClaims") },
  { name: "GPU report", parse: parseGpuReport, seeds: bundles },
  { name: "certificate", parse: parseCertificate, seeds: [Uint8Array.of(0x30, 3, 2, 1, 1)] },
  { name: "revocation list", parse: parseRevocationList, seeds: [Uint8Array.of(0x30, 3, 2, 1, 1)] },
  {
    name: "PEM certificates",
    parse: asText((pem) => parsePemCertificates(pem, 2)),
    seeds: [utf8("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n")],
  },
];

const history: readonly ForeignParser[] = [
  { name: "receipt", parse: parseReceipt, seeds: hex("receipt", "receipts", "*", "bytes") },
  { name: "voucher", parse: parseVoucher, seeds: hex("voucher", "vouchers", "*", "bytes") },
  { name: "promise", parse: parsePromise, seeds: hex("promise", "promises", "*", "bytes") },
  { name: "note", parse: asText(parseNote), seeds: text("checkpoint", "notes", "*", "note") },
  {
    name: "checkpoint",
    parse: asText(parseCheckpoint),
    seeds: text("checkpoint", "notes", "*", "note"),
  },
  { name: "log origin", parse: asText(parseLogOrigin), seeds: text("checkpoint", "origin") },
  {
    name: "witness request",
    parse: asText(parseWitnessRequest),
    seeds: [utf8(`old 3\n\n${vector("checkpoint", "notes", "*", "note")[0] ?? ""}`)],
  },
  {
    name: "tile's entries",
    parse: (bytes) => parseEntries(bytes, 2),
    seeds: [Uint8Array.of(0, 1, 7, 0, 2, 8, 9)],
  },
  { name: "proof file", parse: asText(parseProofFile), seeds: [proofFile()] },
  {
    name: "policy in a proof file",
    parse: asText(parsePolicySnapshot),
    seeds: [proofFile("policy")],
  },
  {
    name: "genesis of a root",
    parse: asText(parseRootGenesis),
    seeds: [utf8("b5ee9c72"), utf8("AAAA")],
  },
];

function proofFile(part?: string): Uint8Array {
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own file
  const { proof } = JSON.parse(readText("vectors/proof.json")) as { readonly proof: Json };
  return utf8(JSON.stringify(part === undefined ? proof : proof[part]));
}

const bodies: readonly ForeignParser[] = [
  {
    name: "chat request",
    parse: asJson(parseChatRequest),
    seeds: [
      json({
        model: "m",
        messages: [message],
        stream: true,
        tools: [tool],
        temperature: 0.5,
        stop: ["x"],
      }),
      json({
        model: "m",
        messages: [message],
        response_format: { type: "json_object" },
        logprobs: true,
      }),
    ],
  },
  {
    name: "completion request",
    parse: asJson(parseCompletionRequest),
    seeds: [json({ model: "m", prompt: "What", max_tokens: 5 })],
  },
  {
    name: "embedding request",
    parse: asJson(parseEmbeddingRequest),
    seeds: [json({ model: "m", input: ["one", "two"] })],
  },
  {
    name: "Responses request",
    parse: asJson(parseResponsesRequest),
    seeds: [
      json({
        model: "m",
        input: [{ type: "message", ...message }],
        instructions: "be",
        stream: true,
      }),
    ],
  },
  {
    name: "Messages request",
    parse: asJson(parseMessagesRequest),
    seeds: [json({ model: "m", max_tokens: 5, system: "be", messages: [message] })],
  },
  {
    name: "chunk of a backend",
    parse: asJson((value) => parseChunk(value, "engine_failed")),
    seeds: [
      json({
        id: "a",
        created: 1,
        model: "m",
        choices: [{ index: 0, delta: { content: "x" }, finish_reason: null }],
      }),
    ],
  },
  {
    name: "models of a backend",
    parse: asJson((value) => parseModelList(value, "engine_failed")),
    seeds: [json({ object: "list", data: [{ id: "m", object: "model", owned_by: "x" }] })],
  },
  {
    name: "JSON of a stranger",
    parse: (bytes) =>
      new JsonReader(parseJson(textOf(bytes) ?? "", "request_malformed"), "request_malformed"),
    seeds: [json({ a: [1, { b: null }], c: "d" })],
  },
];

export const foreignParsers: readonly ForeignParser[] = [
  ...wire,
  ...sealing,
  ...evidence,
  ...history,
  ...bodies,
];
