import {
  anchorDigest,
  createSigningKey,
  emptyRoot,
  formatCheckpoint,
  hashLeaf,
  logIdOf,
  MerkleTree,
  signCheckpoint,
  signPromise,
  toBase64,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { devnetId } from "./voucher.ts";

const logKey = createSigningKey(new Uint8Array(32).fill(0x4c));
const otherKey = createSigningKey(new Uint8Array(32).fill(0x4d));
const origin = "proxy.example/log";
const leaves = ["one", "two", "three", "four", "five"].map((text) => hashLeaf(utf8(text)));
const tree = leaves.reduce((grown, leaf) => grown.append(leaf).tree, MerkleTree.empty);

type Vector = { readonly name: string; readonly error: string | null };

/** Checkpoints good and bad, a note of the Go checksum database, and anchors. */
export function checkpointVectors(): object {
  const checkpoint = { origin, ...tree.head() };
  return {
    about:
      "C2SP signed-note and tlog-checkpoint; spec section 7.3. error: null, or the code. The tree's leaves are the texts one to five.",
    logSeed: "4c".repeat(32),
    publicKey: toHex(logKey.publicKey),
    origin,
    size: tree.size,
    root: toHex(tree.root()),
    notes: checkpointNotes(signCheckpoint(logKey, checkpoint)),
    anchors: [
      anchorVector({ bond: `0:${"b0".repeat(32)}`, ...tree.head() }),
      anchorVector({ bond: `-1:${"0b".repeat(32)}`, size: 0, root: emptyRoot }),
    ],
  };
}

function checkpointNotes(note: string): (Vector & { readonly note: string })[] {
  const text = formatCheckpoint({ origin, ...tree.head() });
  const [ownLine = ""] = note.split("\n").slice(-2);
  const root = toBase64(tree.root());
  const malformed = (name: string, changed: string) => {
    return { name, note: changed, error: "checkpoint_malformed" };
  };
  const unsigned = (name: string, changed: string) => {
    return { name, note: changed, error: "checkpoint_signature_invalid" };
  };
  const witness = `— witness.example ${toBase64(new Uint8Array(76).fill(7))}\n`;
  return [
    { name: "a checkpoint", note, error: null },
    { name: "a witness signed too", note: `${note}${witness}`, error: null },
    { name: "a witness signed first", note: note.replace("— ", `${witness}— `), error: null },
    { name: "an extension line", note: signAny(`${text}extension\n`), error: null },
    {
      name: "an empty log",
      note: signAny(`${origin}\n0\n${toBase64(emptyRoot)}\n`),
      error: null,
    },
    unsigned("signed by another key", signAny(text, otherKey)),
    unsigned("signed by witnesses alone", note.replace(ownLine, "").trimEnd() + `\n\n${witness}`),
    unsigned("another size", note.replace("\n5\n", "\n6\n")),
    unsigned("another origin under our key", signAny(text.replace(origin, "other.example/log"))),
    unsigned("a good signature and a bad one", spoiledTwin(note)),
    malformed("no signature", `${text}\n`),
    malformed("no newline at the end", note.trimEnd()),
    malformed("a carriage return", note.replace("\n", "\r\n")),
    malformed("a hyphen for a dash", note.replace("— ", "- ")),
    malformed("an empty signature", `${text}\n— ${origin} AAAAAA==\n`),
    malformed("base64 that is not canonical", note.replace(/=\n$/, "\n")),
    malformed("a size with a leading zero", signAny(text.replace("\n5\n", "\n05\n"))),
    malformed("a negative size", signAny(text.replace("\n5\n", "\n-5\n"))),
    malformed("a size of 2^53", signAny(text.replace("\n5\n", `\n${2n ** 53n}\n`))),
    malformed("a root of 31 bytes", signAny(text.replace(root, toBase64(new Uint8Array(31))))),
    malformed("no root", signAny(`${origin}\n5\n`)),
    malformed("no origin", signAny(text.replace(`${origin}\n`, ""))),
    malformed("an empty line in the text", signAny(`${text}\nmore\n`)),
  ];
}

/** The note of any text, as a careless log would sign it. */
function signAny(text: string, key = logKey): string {
  const keyLine = signCheckpoint(key, { origin, ...tree.head() })
    .split(" ")
    .at(-1);
  const keyId = Buffer.from(keyLine ?? "", "base64").subarray(0, 4);
  const signature = toBase64(Buffer.concat([keyId, key.sign(utf8(text))]));
  return `${text}\n— ${origin} ${signature}\n`;
}

/** Our signature, and after it one under our name and key id that does not verify. */
function spoiledTwin(note: string): string {
  const line = note.split("\n").at(-2) ?? "";
  const bytes = Buffer.from(line.split(" ").at(-1) ?? "", "base64");
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return `${note}— ${origin} ${bytes.toString("base64")}\n`;
}

function anchorVector(of: { bond: string; size: number; root: Uint8Array }): object {
  const timestampSeconds = 1_790_000_000;
  const { bond, size, root } = of;
  return {
    networkId: devnetId,
    bond,
    size,
    root: toHex(root),
    timestampSeconds,
    digest: toHex(anchorDigest({ networkId: devnetId, bond, size, root, timestampSeconds })),
  };
}

/** A promise, and what a byte more, less or other does to it. */
export function promiseVectors(): object {
  const index = 2 ** 40 + 4;
  const timestampMs = 1_790_000_000_123;
  const leafHash = hashLeaf(utf8("five"));
  const promise = signPromise(logKey, { leafHash, index, timestampMs });
  const wrong = (name: string, bytes: Uint8Array) => {
    return { name, bytes: toHex(bytes), error: "promise_invalid" };
  };
  const flip = (offset: number) => promise.with(offset, (promise[offset] ?? 0) ^ 1);
  return {
    about: "Spec section 7.4. error: null, or the code of verifyPromise().",
    logSeed: "4c".repeat(32),
    publicKey: toHex(logKey.publicKey),
    logId: toHex(logIdOf(logKey.publicKey)),
    leafHash: toHex(leafHash),
    index,
    timestampMs,
    promises: [
      { name: "a promise", bytes: toHex(promise), error: null },
      {
        name: "the first leaf of a log, at the beginning of time",
        bytes: toHex(signPromise(logKey, { leafHash, index: 0, timestampMs: 0 })),
        error: null,
      },
      wrong("empty", new Uint8Array()),
      wrong("another magic", flip(3)),
      wrong("another log", flip(4)),
      wrong("another leaf", flip(36)),
      wrong("another index", flip(75)),
      wrong("an index of 2^53 and more", flip(69)),
      wrong("another time", flip(83)),
      wrong("another signature", flip(147)),
      wrong("one byte less", promise.subarray(0, 147)),
      wrong("one byte more", Uint8Array.of(...promise, 0)),
      wrong(
        "signed by another key in the name of this log",
        Uint8Array.of(
          ...promise.subarray(0, 84),
          ...signPromise(otherKey, { leafHash, index, timestampMs }).subarray(84),
        ),
      ),
    ],
  };
}
