// The proof file: everything that proves one answer, in one JSON document. Spec chapter 8.

import {
  bundleBytesMax,
  CocoonError,
  type ErrorCode,
  fromHex,
  JsonReader,
  type LogProof,
  parseJson,
  type RawAddress,
  receiptBytes,
  toBase64,
  toHex,
} from "@cocoon/protocol";
import { type Disclosure, disclosureJson, readDisclosure } from "./disclosure.ts";
import { logProofJson, readProof } from "./log-proof.ts";
import {
  parsePolicySnapshot,
  policyJson,
  type PolicySnapshot,
  readPolicySnapshot,
} from "./policy-snapshot.ts";

/** A proof file, read and not yet verified. */
export type ProofFile = {
  readonly network: { readonly networkId: number; readonly root: RawAddress };
  /** When the client accepted the answer, Unix milliseconds by its clock. */
  readonly verifiedAtMs: number;
  /** What the root contract allowed when the client verified the worker. */
  readonly policy: PolicySnapshot;
  /** 385 bytes; see parseReceipt. */
  readonly receipt: Uint8Array;
  /** 148 bytes; see parsePromise. */
  readonly promise: Uint8Array;
  readonly log: {
    readonly bond: RawAddress;
    /** Log key, Ed25519, 32 bytes. */
    readonly publicKey: Uint8Array;
    /** Absent while no checkpoint covers the receipt. */
    readonly proof?: LogProof;
  };
  /** The worker's evidence with its vendor's collateral; see parseBundle. */
  readonly bundle: Uint8Array;
  /** What the client opens of the answer; absent when it opens nothing. */
  readonly disclosure?: Disclosure;
};

/** A proof file's parts as a client keeps them. */
export type ProofParts = Pick<ProofFile, "receipt" | "bundle" | "promise" | "verifiedAtMs"> & {
  readonly networkId: number;
  readonly root: RawAddress;
  /** Of the proxy whose log it is. */
  readonly bond: RawAddress;
  /** Log key, hex. */
  readonly publicKey: string;
  /** Text of encodePolicySnapshot. */
  readonly policy: string;
  /** JSON text of a LogProof; undefined while the answer is only signed. */
  readonly logProof: string | undefined;
  readonly disclosure?: Disclosure;
};

export const proofFormat = "cocoon-proof/1";
/** Characters. Evidence takes about 20,000 of them. */
export const proofLengthMax = 1_048_576;

const malformed: ErrorCode = "proof_malformed";

/** Puts a proof file together. Throws proof_malformed when a part is not what it should be, or all is too long. */
export function buildProofFile(parts: ProofParts): string {
  const { networkId, root, bond, logProof, disclosure, receipt, promise, bundle } = parts;
  const publicKey = fromHex(parts.publicKey);
  if (publicKey?.length !== 32) throw new CocoonError(malformed, { field: "publicKey" });
  if (receipt.length > receiptBytes || bundle.length > bundleBytesMax) {
    throw new CocoonError(malformed, { reason: "too long" });
  }
  const text = encodeProofFile({
    network: { networkId, root },
    verifiedAtMs: parts.verifiedAtMs,
    policy: parsePolicySnapshot(parts.policy),
    receipt,
    promise,
    log: {
      bond,
      publicKey,
      ...(logProof !== undefined && {
        proof: readProof(new JsonReader(parseJson(logProof, malformed), malformed)),
      }),
    },
    bundle,
    ...(disclosure && { disclosure }),
  });
  parseProofFile(text);
  return text;
}

/** The one text of a proof file, indented for people. */
export function encodeProofFile(file: ProofFile): string {
  return `${JSON.stringify(proofJson(file), undefined, 2)}\n`;
}

function proofJson(file: ProofFile): object {
  const { network, log, disclosure } = file;
  return {
    format: proofFormat,
    network: { networkId: network.networkId, root: network.root },
    verifiedAtMs: file.verifiedAtMs,
    policy: policyJson(file.policy),
    receipt: toBase64(file.receipt),
    promise: toBase64(file.promise),
    log: {
      bond: log.bond,
      publicKey: toHex(log.publicKey),
      ...(log.proof && { proof: logProofJson(log.proof) }),
    },
    bundle: toBase64(file.bundle),
    ...(disclosure && { disclosure: disclosureJson(disclosure) }),
  };
}

/**
 * Reads a proof file, strictly: apart from white space there is one text for each file, so nothing can hide in it.
 * Throws proof_malformed. Whether anything in it is true is for verifyProofFile() to find out.
 */
export function parseProofFile(text: string): ProofFile {
  if (text.length > proofLengthMax) throw new CocoonError(malformed, { reason: "too long" });
  const json = new JsonReader(parseJson(text, malformed), malformed);
  json.oneOf("format", [proofFormat]);
  const network = json.object("network");
  const log = json.object("log");
  const file: ProofFile = {
    network: { networkId: network.int("networkId"), root: network.address("root") },
    verifiedAtMs: json.uint("verifiedAtMs"),
    policy: readPolicySnapshot(json.object("policy")),
    receipt: json.base64("receipt", proofLengthMax),
    promise: json.base64("promise", proofLengthMax),
    log: {
      bond: log.address("bond"),
      publicKey: log.hex("publicKey", 32),
      ...(log.has("proof") && { proof: readProof(log.object("proof")) }),
    },
    bundle: json.base64("bundle", proofLengthMax),
    ...(json.has("disclosure") && { disclosure: readDisclosure(json.object("disclosure")) }),
  };
  // Values are equal by now, so white space within texts is too; all else that differs is another spelling.
  if (withoutSpace(text) !== withoutSpace(JSON.stringify(proofJson(file)))) {
    throw new CocoonError(malformed, { reason: "another spelling" });
  }
  return file;
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, "");
}
