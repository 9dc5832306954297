import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../bytes/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { appendSignatures, cosignNote, verifyCosignatures } from "./cosignature.ts";
import { hashLeaf } from "./hash.ts";
import { parseNote } from "./note.ts";
import { encodeWitnessRequest, parseWitnessRequest } from "./witness-request.ts";

const logKey = createSigningKey(new Uint8Array(32).fill(1));
const witnessKey = createSigningKey(new Uint8Array(32).fill(2));
const origin = "log.example/receipts";
const witness = { name: "witness.example/w1", publicKey: witnessKey.publicKey };
const note = signCheckpoint(logKey, { origin, size: 7, root: hashLeaf(utf8("root")) });
const { text } = parseNote(note);
const cosigned = appendSignatures(note, [
  cosignNote(witnessKey, witness.name, text, 1_800_000_000),
]);

test("verifyCosignatures() refuses a cosignature over another text, time or key", () => {
  const invalid = { code: "checkpoint_signature_invalid" };
  const elsewhere = cosignNote(witnessKey, witness.name, `${text}more\n`, 1_800_000_000);
  assert.throws(() => verifyCosignatures(appendSignatures(note, [elsewhere]), [witness]), invalid);
  const flipped = cosigned.replace(/(— witness\.example\/w1 .{20})./, "$1Z");
  assert.throws(() => verifyCosignatures(flipped, [witness]), invalid);
});

test("verifyCosignatures() ignores strangers, and misses who did not sign", () => {
  const stranger = createSigningKey(new Uint8Array(32).fill(9));
  const line = cosignNote(stranger, "stranger.example/w", text, 5);
  assert.deepEqual(verifyCosignatures(appendSignatures(note, [line]), [witness]), []);
});

test("verifyCosignatures() gives each witness once, with its newest time", () => {
  const later = appendSignatures(cosigned, [
    cosignNote(witnessKey, witness.name, text, 1_800_000_060),
  ]);
  assert.deepEqual(verifyCosignatures(later, [witness]), [
    { witness, timestampSeconds: 1_800_000_060 },
  ]);
});

test("a cosigned checkpoint still is the log's", () => {
  assert.equal(verifyCheckpoint(cosigned, { origin, publicKey: logKey.publicKey }).size, 7);
});

test("parseWitnessRequest() refuses what is not one", () => {
  const malformed = { code: "checkpoint_malformed" };
  for (const body of [
    "",
    "old 1\n",
    `old -1\n\n${note}`,
    `old 01\n\n${note}`,
    `old 1\nAA==\n\n${note}`,
  ]) {
    assert.throws(() => parseWitnessRequest(body), malformed);
  }
});

test("parseWitnessRequest() undoes encodeWitnessRequest()", () => {
  const request = { oldSize: 3, proof: [hashLeaf(utf8("a")), hashLeaf(utf8("b"))], note: cosigned };
  assert.deepEqual(parseWitnessRequest(encodeWitnessRequest(request)), request);
  const first = { oldSize: 0, proof: [], note };
  assert.deepEqual(parseWitnessRequest(encodeWitnessRequest(first)), first);
});
