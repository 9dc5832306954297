import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromBase64, fromHex, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { createSigningKey, primitives } from "../primitives/index.ts";
import { type Anchor, anchorDigest } from "./anchor.ts";
import {
  formatCheckpoint,
  type LogIdentity,
  logOrigin,
  parseCheckpoint,
  parseLogOrigin,
  signCheckpoint,
  verifyCheckpoint,
} from "./checkpoint.ts";
import { hashLeaf } from "./hash.ts";
import { noteKeyId, noteSignature, parseNote, signNote, verifyNote } from "./note.ts";

type Vectors = {
  readonly logSeed: string;
  readonly publicKey: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly notes: readonly {
    readonly name: string;
    readonly note: string;
    readonly error: string | null;
  }[];
  readonly anchors: readonly (Omit<Anchor, "root"> & {
    readonly root: string;
    readonly digest: string;
  })[];
};
const file = new URL("../../../../vectors/checkpoint.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail("not hex");
const key = createSigningKey(bytesOf(vectors.logSeed));
const log: LogIdentity = { origin: vectors.origin, publicKey: bytesOf(vectors.publicKey) };
const checkpoint = { origin: vectors.origin, size: vectors.size, root: bytesOf(vectors.root) };
const note = signCheckpoint(key, checkpoint);

function isRefusal(error: unknown): boolean {
  return (
    error instanceof CocoonError &&
    (error.code === "checkpoint_malformed" || error.code === "checkpoint_signature_invalid")
  );
}

for (const vector of vectors.notes) {
  test(`verifyCheckpoint() on a note: ${vector.name}`, () => {
    const verify = () => verifyCheckpoint(vector.note, log);
    if (vector.error === null) assert.equal(verify().origin, vectors.origin);
    else assert.throws(verify, (error) => isRefusal(error) && Object(error).code === vector.error);
  });
}

test("verifyCheckpoint() refuses extension lines of a log that a bond answers for", () => {
  const origin = logOrigin(-7239, `0:${"12".repeat(32)}`);
  const bonded: LogIdentity = { ...log, origin };
  const text = formatCheckpoint({ ...checkpoint, origin });
  assert.equal(verifyCheckpoint(signNote(key, origin, text), bonded).size, checkpoint.size);
  const extended = signNote(key, origin, `${text}extension\n`);
  assert.throws(() => verifyCheckpoint(extended, bonded), { code: "checkpoint_malformed" });
});

test("noteSignature() gives the 64 bytes that a key signed a text with, and of no other key", () => {
  const named = { name: log.origin, publicKey: log.publicKey };
  const signature = noteSignature(note, named);
  assert.ok(primitives.ed25519Verify(log.publicKey, utf8(parseNote(note).text), signature));
  const stranger = { ...named, publicKey: new Uint8Array(32).fill(9) };
  assert.throws(() => noteSignature(note, stranger), isRefusal);
});

test("signCheckpoint() writes the bytes of the vector, and verifyCheckpoint() reads them", () => {
  assert.equal(note, vectors.notes[0]?.note);
  assert.deepEqual(verifyCheckpoint(note, log), checkpoint);
  assert.deepEqual(parseCheckpoint(formatCheckpoint(checkpoint)), checkpoint);
});

test("signCheckpoint() refuses what its own parser would", () => {
  for (const origin of ["", "two\nlines", "a space", "a+plus", "no\u2003break", "bell\u0007"]) {
    const sign = () => signCheckpoint(key, { ...checkpoint, origin });
    assert.throws(sign, (error) => error instanceof RangeError || isRefusal(error), origin);
  }
  for (const size of [-1, 0.5, 2 ** 53]) {
    assert.throws(() => signCheckpoint(key, { ...checkpoint, size }), RangeError);
  }
  const short = { ...checkpoint, root: new Uint8Array(31) };
  assert.throws(() => signCheckpoint(key, short), RangeError);
});

test("verifyCheckpoint() refuses a note with any one character changed, left out or doubled", () => {
  for (let index = 0; index < note.length; index += 1) {
    const [before, after] = [note.slice(0, index), note.slice(index + 1)];
    const other = note[index] === "A" ? "B" : "A";
    for (const middle of [other, "", `${note[index]}${note[index]}`]) {
      assert.throws(() => verifyCheckpoint(`${before}${middle}${after}`, log), isRefusal);
    }
  }
});

test("parseNote() and parseCheckpoint() refuse any text with checkpoint_malformed or read it", () => {
  const pieces = fc.constantFrom(
    "\n",
    "\n\n",
    "— ",
    " ",
    "a",
    "5",
    "0",
    "AAAAAAA=",
    "\ud800",
    "\r",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((list) => list.join("")),
      ),
      (text) => {
        for (const parse of [parseNote, parseCheckpoint]) {
          try {
            parse(text);
          } catch (error) {
            assert.ok(isRefusal(error));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("parseNote() refuses notes that are too long and have too many signatures", () => {
  const line = note.split("\n").at(-2) ?? "";
  parseNote(`${note}${`${line}\n`.repeat(63)}`);
  assert.throws(() => parseNote(`${note}${`${line}\n`.repeat(64)}`), isRefusal);
  assert.throws(() => parseNote(`${"x".repeat(131_072)}\n\n${line}\n`), isRefusal);
});

test("verifyNote() ignores another key that shares the name, and refuses one that shares name and id", () => {
  const other = createSigningKey(bytesOf("4d".repeat(32)));
  const text = formatCheckpoint(checkpoint);
  const otherLine = signNote(other, log.origin, text).split("\n").at(-2) ?? "";
  assert.deepEqual(verifyCheckpoint(`${note}${otherLine}\n`, log), checkpoint);
  const id = Buffer.from(noteKeyId({ name: log.origin, publicKey: log.publicKey }));
  const forged = Buffer.concat([id, other.sign(utf8(text))]).toString("base64");
  assert.throws(() => verifyCheckpoint(`${note}— ${log.origin} ${forged}\n`, log), {
    code: "checkpoint_signature_invalid",
  });
});

/** Type byte and public key of a verifier key "name+id+base64" (golang.org/x/mod/sumdb/note). */
function noteKeyOf(verifierKey: string): { name: string; publicKey: Uint8Array; id: string } {
  const [name = "", id = "", ...rest] = verifierKey.split("+");
  const bytes = fromBase64(rest.join("+")) ?? assert.fail();
  assert.equal(bytes[0], 1);
  return { name, id, publicKey: bytes.subarray(1) };
}

test("verifyNote() agrees with the Go implementation on its own example and on the Go checksum database", () => {
  const example = noteKeyOf("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signature =
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
  assert.equal(toHex(noteKeyId(example)), example.id);
  assert.equal(verifyNote(`${text}\n— PeterNeumann ${signature}\n`, example), text);

  const database = noteKeyOf(
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
  );
  const treeNote =
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n" +
    "— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n";
  assert.equal(toHex(noteKeyId(database)), database.id);
  const { origin, size } = parseCheckpoint(verifyNote(treeNote, database));
  assert.deepEqual({ origin, size }, { origin: "go.sum database tree", size: 6_476_701 });
});

for (const { digest, root, ...anchor } of vectors.anchors) {
  test(`anchorDigest() is the hash of the cell of 89 bytes, for ${anchor.bond.slice(0, 6)}`, () => {
    const workchain = anchor.bond.startsWith("-1") ? "ff" : "00";
    const cell = [
      "00b2", // no references; 2 x 89 bytes
      "414e4331",
      "ffffe3b9", // -7239
      workchain,
      anchor.bond.split(":")[1],
      anchor.size.toString(16).padStart(16, "0"),
      root,
      anchor.timestampSeconds.toString(16).padStart(16, "0"),
    ];
    assert.equal(toHex(anchorDigest({ ...anchor, root: bytesOf(root) })), digest);
    assert.equal(toHex(primitives.sha256(bytesOf(cell.join("")))), digest);
  });
}

test("anchorDigest() refuses an address, a root and numbers that do not fit", () => {
  const anchor: Anchor = {
    networkId: -7239,
    bond: `0:${"b0".repeat(32)}`,
    size: 5,
    root: hashLeaf(utf8("root")),
    timestampSeconds: 1,
  };
  const wrong: Partial<Anchor>[] = [
    { bond: "0:b0" },
    { root: new Uint8Array(31) },
    { size: -1 },
    { timestampSeconds: -1 },
  ];
  for (const change of wrong) {
    assert.throws(() => anchorDigest({ ...anchor, ...change }), RangeError);
  }
});

test("parseLogOrigin() refuses every other origin, and every other spelling", () => {
  const bond = `-1:${"33".repeat(32)}`;
  const origin = logOrigin(-239, bond);
  const unbounceable = "cocoon/-239/UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA";
  for (const other of [
    "",
    "log.example",
    `x${origin}`,
    `${origin}/`,
    `${origin}\n`,
    origin.replace("-239", "-0239"),
    origin.replace("-239", "+239"),
    origin.replace("-239", "-0"),
    origin.replace("M0vF", "M0vG"),
    unbounceable,
    `cocoon/-239/${bond}`,
  ]) {
    assert.equal(parseLogOrigin(other), undefined, other);
  }
});

test("parseLogOrigin() undoes logOrigin()", () => {
  for (const networkId of [-239, -3, 0, 2_147_483_647]) {
    for (const bond of [`0:${"ab".repeat(32)}`, `-1:${"33".repeat(32)}`]) {
      assert.deepEqual(parseLogOrigin(logOrigin(networkId, bond)), { networkId, bond });
    }
  }
});
