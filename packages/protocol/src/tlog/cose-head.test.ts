import assert from "node:assert/strict";
import { test } from "node:test";
import { createSigningKey } from "../primitives/index.ts";
import { signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { appendSignatures } from "./cosignature.ts";
import { coseHeadLine, coseHeadSignature } from "./cose-head.ts";

const key = createSigningKey(new Uint8Array(32).fill(3));
const checkpoint = { origin: "proxy.example/log", size: 7, root: new Uint8Array(32).fill(1) };
const log = { origin: checkpoint.origin, publicKey: key.publicKey };
const note = signCheckpoint(key, checkpoint);

test("coseHeadSignature() finds the log's line, and the note stays what it was", () => {
  const signed = appendSignatures(note, [coseHeadLine(key, checkpoint)]);
  assert.equal(coseHeadSignature(signed, log)?.length, 64);
  assert.deepEqual(verifyCheckpoint(signed, log), checkpoint);
  assert.equal(coseHeadSignature(note, log), undefined);
});

test("coseHeadSignature() refuses a line of the log for another root, and ignores those of others", () => {
  const root = new Uint8Array(32).fill(2);
  const spoilt = appendSignatures(note, [coseHeadLine(key, { ...checkpoint, root })]);
  assert.throws(() => coseHeadSignature(spoilt, log), { code: "checkpoint_signature_invalid" });
  const stranger = createSigningKey(new Uint8Array(32).fill(4));
  const others = appendSignatures(note, [coseHeadLine(stranger, checkpoint)]);
  assert.equal(coseHeadSignature(others, log), undefined);
});
