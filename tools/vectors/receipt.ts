import {
  answerContent,
  commitContent,
  concatBytes,
  createSigningKey,
  encodeReceipt,
  feeNanotons,
  nanotons,
  primitives,
  type ReceiptFields,
  requestContent,
  signDomain,
  signReceipt,
  toHex,
  type UnsignedReceipt,
  utf8,
  workNanotons,
} from "@cocoon/protocol";
import { channelAddress } from "./voucher.ts";

const identitySeed = new Uint8Array(32).fill(0x1d);
const salt = Uint8Array.from({ length: 32 }, (_, index) => index);
const content = {
  request: utf8('{"messages":[{"role":"user","content":"hello"}]}'),
  answer: utf8('{"text":"hi"}\n'),
};

const fields: ReceiptFields = {
  requestId: new Uint8Array(16).fill(0xa1),
  headerHash: new Uint8Array(32).fill(0xa2),
  claimsHash: new Uint8Array(32).fill(0xa3),
  manifestHash: new Uint8Array(32).fill(0xa4),
  channel: channelAddress,
  sequence: 7,
  tier: "confidential",
  usage: { promptTokens: 17, cachedTokens: 5, completionTokens: 211 },
  terms: {
    promptPerMillion: nanotons(25_000_000n),
    completionPerMillion: nanotons(80_000_000n),
    feeBps: 250,
  },
  requestHash: new Uint8Array(32).fill(0xa5),
  answerHash: new Uint8Array(32).fill(0xa6),
  chunkCount: 12,
  startedAtMs: 1_795_000_000_000,
  finishedAtMs: 1_795_000_001_234,
  finishReason: "stop",
  contentCommitment: commitContent(salt, content).commitment,
};

type Spoken = readonly [request: string, answer: string];

const chat: Spoken = [
  JSON.stringify({
    path: "/v1/chat/completions",
    body: {
      model: "cocoon-tiny",
      messages: [
        { role: "system", content: 'Be brief: "\u20ac"\n' },
        { role: "user", content: [{ type: "text", text: "2 + 2?" }] },
      ],
      temperature: 0.25,
      stream: true,
    },
  }),
  [
    '{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
    '{"choices":[{"index":0,"delta":{"content":"4"}}]}',
    '{"choices":[{"index":0,"delta":{"content":".\\u00e9"}},{"index":1,"delta":{"content":"5"}}]}',
    '{"choices":[],"usage":{}}\n',
  ].join("\n"),
];

const odd: readonly Spoken[] = [
  ["not JSON", ""],
  ['{"body":{"input":"no messages"}}', "not JSON\n"],
  ['{ "body" : { "messages" : [ 1.50, 1e3, "\\u0041", null ], "a" : [ ] } }', '{"choices":{}}\n'],
];

/** Receipts as bytes, each with what verifyReceipt() must say; and one opened commitment. */
export function receiptVectors(): object {
  const key = createSigningKey(identitySeed);
  const signed = signReceipt(key, fields);
  const opening = commitContent(salt, content).openings.get("answer");
  return {
    about:
      "Spec chapter 6. error: null, or the code that verifyReceipt() throws. parts: the fields of a request and its answer (6.4.3).",
    identitySeed: toHex(identitySeed),
    identityKey: toHex(key.publicKey),
    domain: "cocoon/receipt/1",
    receipt: toHex(signed),
    receipts: receiptRows(signed).map(([name, bytes, error]) => {
      return { name, bytes: toHex(bytes), error };
    }),
    content: {
      salt: toHex(salt),
      fields: { request: toHex(content.request), answer: toHex(content.answer) },
      commitment: toHex(fields.contentCommitment),
      answerSalt: toHex(opening?.salt ?? new Uint8Array()),
      digests: opening?.digests.map((digest) => toHex(digest)),
    },
    parts: [chat, ...odd].map(([request, answer]) => {
      const parts = { ...requestContent(utf8(request)), ...answerContent(utf8(answer)) };
      const hex = Object.entries(parts).map(([name, value]) => [name, toHex(value)] as const);
      return {
        request: toHex(utf8(request)),
        answer: toHex(utf8(answer)),
        fields: Object.fromEntries(hex),
      };
    }),
  };
}

type Row = readonly [name: string, bytes: Uint8Array, error: string | null];

function receiptRows(signed: Uint8Array): readonly Row[] {
  const key = createSigningKey(identitySeed);
  const work = workNanotons(fields.usage, fields.terms);
  const amounts = { workNanotons: work, feeNanotons: feeNanotons(work, fields.terms.feeBps) };
  const signAnything = (receipt: UnsignedReceipt, domain = "cocoon/receipt/1"): Uint8Array => {
    const body = encodeReceipt(receipt, receipt);
    return concatBytes(body, signDomain(key, domain, primitives.sha256(body)));
  };
  const overwrite = (offset: number, ...bytes: number[]): Uint8Array => {
    const body = Uint8Array.from(signed.subarray(0, 321));
    body.set(bytes, offset);
    return concatBytes(body, signDomain(key, "cocoon/receipt/1", primitives.sha256(body)));
  };
  const stranger = createSigningKey(new Uint8Array(32).fill(0x1e));
  const unknownCache = { promptTokens: 17, completionTokens: 211 };
  const noWork = { promptTokens: 0, completionTokens: 0 };
  return [
    ["a receipt", signed, null],
    ["cached tokens unknown", signReceipt(key, { ...fields, usage: unknownCache }), null],
    ["nothing done", signReceipt(key, { ...fields, usage: noWork, finishReason: "error" }), null],
    [
      "work one nanoton high",
      signAnything({ ...fields, ...amounts, workNanotons: nanotons(work + 1n) }),
      "receipt_mismatch",
    ],
    [
      "fee one nanoton high",
      signAnything({ ...fields, ...amounts, feeNanotons: nanotons(amounts.feeNanotons + 1n) }),
      "receipt_mismatch",
    ],
    [
      "fee one nanoton low",
      signAnything({ ...fields, ...amounts, feeNanotons: nanotons(amounts.feeNanotons - 1n) }),
      "receipt_mismatch",
    ],
    ["signed by another key", signReceipt(stranger, fields), "receipt_signature_invalid"],
    [
      "signed under another domain",
      signAnything({ ...fields, ...amounts }, "cocoon/key-config/1"),
      "receipt_signature_invalid",
    ],
    [
      "signed over the whole body, not its hash",
      concatBytes(
        signed.subarray(0, 321),
        signDomain(key, "cocoon/receipt/1", signed.subarray(0, 321)),
      ),
      "receipt_signature_invalid",
    ],
    ["one more completion token, not signed again", flip(signed, 169), "receipt_signature_invalid"],
    ["an altered signature", flip(signed, 384), "receipt_signature_invalid"],
    ["another magic", overwrite(0, 0x52, 0x43, 0x50, 0x32), "receipt_malformed"],
    ["a tier that is not one", overwrite(157, 4), "receipt_malformed"],
    ["a finish reason that is not one", overwrite(288, 5), "receipt_malformed"],
    ["a workchain that is not TON's", overwrite(116, 1), "receipt_malformed"],
    ["more cached tokens than prompt tokens", overwrite(162, 0, 0, 0, 18), "receipt_malformed"],
    ["a price above the limit", overwrite(170, 0xff), "receipt_malformed"],
    ["a fee above 100%", overwrite(186, 0x27, 0x11), "receipt_malformed"],
    ["a sequence above 2^53 - 1", overwrite(149, 0xff), "receipt_malformed"],
    ["finished before it started", overwrite(282, 0), "receipt_malformed"],
    ["one byte short", signed.subarray(0, -1), "receipt_malformed"],
    ["one byte more", concatBytes(signed, Uint8Array.of(0)), "receipt_malformed"],
    ["empty", new Uint8Array(), "receipt_malformed"],
  ];
}

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const altered = Uint8Array.from(bytes);
  altered[index] = (altered[index] ?? 0) ^ 1;
  return altered;
}
