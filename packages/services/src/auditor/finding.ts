// What an auditor finds, and the file that proves it to anybody.

import {
  CocoonError,
  fromHex,
  JsonReader,
  parseJson,
  primitives,
  promiseBytes,
  type RawAddress,
  receiptBytes,
  toBase64,
  toHex,
  utf8,
} from "@cocoon/protocol";
import type {
  BrokenPromise,
  Contradiction,
  ProvenLeaf,
  SignedHead,
  VouchedIdentity,
} from "@cocoon/contracts";

/** The first five cost a bond; the others are for people to judge. */
export const findingCodes = [
  "equivocation",
  "inconsistency",
  "omission",
  "delay",
  "double_receipt",
  "double_receipt_unverified",
  "checkpoint_unproven",
  "anchor_unproven",
  "log_behind_anchor",
  "receipt_malformed",
  "amount_wrong",
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** An identity key, and the bond that answers for what it signs. */
export type BondedKey = { readonly bond: RawAddress; readonly identity: VouchedIdentity };

/** What shows a fault. */
export type Evidence =
  | { readonly kind: "contradiction"; readonly contradiction: Contradiction }
  | { readonly kind: "brokenPromise"; readonly broken: BrokenPromise }
  | {
      readonly kind: "doubleReceipt";
      readonly first: Uint8Array;
      readonly second: Uint8Array;
      /** Absent while no bond is known to answer for the worker. */
      readonly bonded?: BondedKey;
    }
  | { readonly kind: "observation"; readonly facts: Readonly<Record<string, string | number>> };

export type Finding = {
  /** 32 hex digits: the same fault has the same id however often it is seen. */
  readonly id: string;
  readonly code: FindingCode;
  /** The bond of the log in which it was seen. */
  readonly log: RawAddress;
  readonly networkId: number;
  readonly foundAtMs: number;
  readonly evidence: Evidence;
};

export const fraudProofFormat = "cocoon-fraud/1";
const fraudProofLengthMax = 1_048_576;
const proofHashesMax = 64;
const malformed = "proof_malformed";

/** Names a fault by what it is about. */
export function findingId(code: FindingCode, log: RawAddress, subject: string): string {
  return toHex(primitives.sha256(utf8(`${code} ${log} ${subject}`)).subarray(0, 16));
}

/** The text of a fraud-proof file. */
export function encodeFinding({ evidence, ...finding }: Finding): string {
  const json = { format: fraudProofFormat, ...finding, evidence: evidenceJson(evidence) };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function evidenceJson(evidence: Evidence): object {
  if (evidence.kind === "observation") return evidence;
  if (evidence.kind === "doubleReceipt") {
    const { kind, first, second, bonded } = evidence;
    const receipts = { kind, first: toBase64(first), second: toBase64(second) };
    return { ...receipts, ...(bonded && { bonded: bondedJson(bonded) }) };
  }
  if (evidence.kind === "brokenPromise") {
    const { promise, shown } = evidence.broken;
    const json = { kind: evidence.kind, promise: toBase64(promise) };
    if (shown === undefined) return json;
    const head = shown.head && { head: headJson(shown.head) };
    return { ...json, shown: { ...leafJson(shown), ...head } };
  }
  const { first, second, difference } = evidence.contradiction;
  return {
    kind: evidence.kind,
    first: headJson(first),
    ...(second && { second: headJson(second) }),
    ...(difference && {
      difference: {
        index: difference.index,
        first: leafJson(difference.first),
        second: leafJson(difference.second),
      },
    }),
  };
}

/** Binary parts are base64. */
export function bondedJson({ bond, identity }: BondedKey): object {
  const { identityKey, notAfterSeconds, signature } = identity;
  return {
    bond,
    identityKey: toHex(identityKey),
    notAfterSeconds,
    signature: toBase64(signature),
  };
}

function headJson({ signature, root, ...rest }: SignedHead): object {
  return { ...rest, root: toHex(root), signature: toBase64(signature) };
}

function leafJson({ leaf, proof }: ProvenLeaf): object {
  return { leaf: toHex(leaf), proof: proof.map(toHex) };
}

/** Reads a fraud-proof file. Throws proof_malformed. Whether it proves anything is for the contract to say. */
export function parseFinding(text: string): Finding {
  if (text.length > fraudProofLengthMax) {
    throw new CocoonError(malformed, { reason: "too long" });
  }
  const json = new JsonReader(parseJson(text, malformed), malformed);
  json.oneOf("format", [fraudProofFormat]);
  return {
    id: toHex(json.hex("id", 16)),
    code: json.oneOf("code", findingCodes),
    log: json.address("log"),
    networkId: json.int("networkId"),
    foundAtMs: json.uint("foundAtMs"),
    evidence: readEvidence(json.object("evidence")),
  };
}

function readEvidence(json: JsonReader): Evidence {
  const kinds = ["contradiction", "brokenPromise", "doubleReceipt", "observation"] as const;
  const kind = json.oneOf("kind", kinds);
  if (kind === "contradiction") return { kind, contradiction: readContradiction(json) };
  if (kind === "brokenPromise") return { kind, broken: readBrokenPromise(json) };
  if (kind === "observation") return { kind, facts: readFacts(json.object("facts")) };
  return {
    kind,
    first: exact(json, "first", receiptBytes),
    second: exact(json, "second", receiptBytes),
    ...(json.has("bonded") && { bonded: readBonded(json.object("bonded")) }),
  };
}

function readContradiction(json: JsonReader): Contradiction {
  const difference = json.has("difference") ? json.object("difference") : undefined;
  return {
    first: readHead(json.object("first")),
    ...(json.has("second") && { second: readHead(json.object("second")) }),
    ...(difference && {
      difference: {
        index: difference.uint("index"),
        first: readLeaf(difference.object("first")),
        second: readLeaf(difference.object("second")),
      },
    }),
  };
}

function readBrokenPromise(json: JsonReader): BrokenPromise {
  const promise = exact(json, "promise", promiseBytes);
  if (!json.has("shown")) return { promise };
  const shown = json.object("shown");
  const head = shown.has("head") ? { head: readHead(shown.object("head")) } : {};
  return { promise, shown: { ...readLeaf(shown), ...head } };
}

/** Reads who vouches for an identity key, as bondedJson() writes it. Throws the reader's code or proof_malformed. */
export function readBonded(json: JsonReader): BondedKey {
  return {
    bond: json.address("bond"),
    identity: {
      identityKey: json.hex("identityKey", 32),
      notAfterSeconds: json.uint("notAfterSeconds"),
      signature: exact(json, "signature", 64),
    },
  };
}

function readHead(json: JsonReader): SignedHead {
  const head = {
    size: json.uint("size"),
    root: json.hex("root", 32),
    signature: exact(json, "signature", 64),
  };
  const kind = json.oneOf("kind", ["checkpoint", "anchor"]);
  if (kind === "checkpoint") return { kind, ...head };
  return { kind, ...head, timestampSeconds: json.uint("timestampSeconds") };
}

function readLeaf(json: JsonReader): ProvenLeaf {
  const proof = json.strings("proof", proofHashesMax).map((text) => {
    const hash = fromHex(text);
    if (hash?.length !== 32) throw new CocoonError(malformed, { field: "proof" });
    return hash;
  });
  return { leaf: json.hex("leaf", 32), proof };
}

function exact(json: JsonReader, name: string, sizeBytes: number): Uint8Array {
  const bytes = json.base64(name, sizeBytes);
  if (bytes.length !== sizeBytes) throw new CocoonError(malformed, { field: name });
  return bytes;
}

function readFacts(json: JsonReader): Readonly<Record<string, string | number>> {
  const facts = Object.entries(json.unknownFields()).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === "string" || typeof entry[1] === "number",
  );
  return Object.fromEntries(facts);
}
