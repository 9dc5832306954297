// What a witness adds to a checkpoint: C2SP tlog-cosignature v1.1.0, Ed25519 with a timestamp (signature type 0x04).

import { concatBytes, equalBytes, toBase64, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { type NoteKey, parseNote } from "./note.ts";

/** A witness saw this checkpoint, at this time, as an extension of every one that it had seen of the log before. */
export type Cosignature = {
  readonly witness: NoteKey;
  /** Unix seconds, by the witness's clock. */
  readonly timestampSeconds: number;
};

const cosignatureType = Uint8Array.of(0x0a, 0x04);
const signatureBytes = 64;
const timestampBytes = 8;

/** SHA-256(name || 0x0A || 0x04 || public key), the first 4 bytes. */
function cosignatureKeyId({ name, publicKey }: NoteKey): Uint8Array {
  return primitives.sha256(utf8(name), cosignatureType, publicKey).subarray(0, 4);
}

/** What is signed: a header with the time, then the note's text. */
function cosignedMessage(text: string, timestampSeconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${timestampSeconds}\n${text}`);
}

/**
 * The signature line that a witness adds to a note of this text, with its newline. Spec section 7.7; the base64 holds
 *
 *     keyId        4
 *     timestamp    8   Unix seconds, big-endian
 *     signature   64   Ed25519 over "cosignature/v1\ntime " timestamp "\n" text
 */
export function cosignNote(
  key: SigningKey,
  name: string,
  text: string,
  timestampSeconds: number,
): string {
  const keyId = cosignatureKeyId({ name, publicKey: key.publicKey });
  const timestamp = new ByteWriter().uint(timestampSeconds, timestampBytes).finish();
  const signature = key.sign(cosignedMessage(text, timestampSeconds));
  return `— ${name} ${toBase64(concatBytes(keyId, timestamp, signature))}\n`;
}

/**
 * The cosignatures of a note by these witnesses, each witness once, its newest. Lines of others are ignored; one that
 * names a known witness and does not verify spoils the note: checkpoint_signature_invalid.
 */
export function verifyCosignatures(note: string, witnesses: readonly NoteKey[]): Cosignature[] {
  const { text, signatures } = parseNote(note);
  return witnesses.flatMap((witness) => {
    const keyId = cosignatureKeyId(witness);
    const times = signatures
      .filter((line) => line.name === witness.name && equalBytes(line.keyId, keyId))
      .map(({ signature }) => verifyCosignature(text, signature, witness));
    return times.length === 0 ? [] : [{ witness, timestampSeconds: Math.max(...times) }];
  });
}

function verifyCosignature(text: string, bytes: Uint8Array, { publicKey }: NoteKey): number {
  const reader = new ByteReader(bytes, "checkpoint_signature_invalid");
  const timestampSeconds = reader.uint64AsNumber();
  const signature = reader.bytes(signatureBytes);
  reader.end();
  const message = cosignedMessage(text, timestampSeconds);
  if (!primitives.ed25519Verify(publicKey, message, signature)) {
    throw new CocoonError("checkpoint_signature_invalid", { reason: "cosignature" });
  }
  return timestampSeconds;
}

/** A note with more signature lines at its end. */
export function appendSignatures(note: string, lines: readonly string[]): string {
  const appended = note + lines.join("");
  parseNote(appended);
  return appended;
}
