// Signed notes: C2SP signed-note v1.0.0 with Ed25519 signatures (type 0x01).

import { concatBytes, equalBytes, fromBase64, toBase64, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";

/** One signature line. Whose it is cannot be told before it is verified with a known key. */
export type NoteSignature = {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
};

/** A text, which ends in a newline, and its signatures; nothing is verified yet. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** Who may sign a note. */
export type NoteKey = {
  /** Without spaces and plus signs; for a log its origin, such as "proxy.example/log". */
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
};

/** A checkpoint of 200 bytes with 16 post-quantum signatures of 5,000 bytes each in base64 is about 107,000. */
const noteLengthMax = 131_072;
/** The specification asks for at least 16: the log, its older keys and its witnesses. */
const signaturesMax = 64;
const ed25519Type = Uint8Array.of(0x0a, 0x01);

/**
 * Parses a note; throws checkpoint_malformed. Strict:
 *
 *     text          one or more lines, no control characters but newlines
 *     newline       the last empty line of the note
 *     signatures    each "— " name " " base64(key id 4 bytes || signature) newline
 */
export function parseNote(note: string): Note {
  if (note.length > noteLengthMax) refuse("too long");
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  if (/[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u.test(note)) refuse("characters");
  const split = note.lastIndexOf("\n\n");
  if (split < 1) refuse("no signatures");
  const lines = note.slice(split + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0) refuse("no signatures");
  if (lines.length > signaturesMax) refuse("too many signatures");
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const match = /^— ([^\p{White_Space}+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
  const [, name = "", base64 = ""] = match ?? [];
  const bytes = fromBase64(base64);
  if (match === null || bytes === undefined || bytes.length < 5) return refuse("signature line");
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/**
 * The text of a note that this key signed. Signatures of other keys are ignored, as witnesses add theirs; one that
 * names this key and does not verify spoils the note. Throws checkpoint_malformed or checkpoint_signature_invalid.
 */
export function verifyNote(note: string, key: NoteKey): string {
  return verifySigned(note, key).text;
}

/** This key's signature of a note, 64 bytes, as a contract is shown it. Throws as verifyNote() does. */
export function noteSignature(note: string, key: NoteKey): Uint8Array {
  return verifySigned(note, key).signature;
}

function verifySigned(note: string, key: NoteKey): { text: string; signature: Uint8Array } {
  const { text, signatures } = parseNote(note);
  const keyId = noteKeyId(key);
  const own = signatures.filter(
    (candidate) => candidate.name === key.name && equalBytes(candidate.keyId, keyId),
  );
  const message = utf8(text);
  const areValid = own.every(({ signature }) =>
    primitives.ed25519Verify(key.publicKey, message, signature),
  );
  const [first] = own;
  if (first === undefined || !areValid) throw new CocoonError("checkpoint_signature_invalid");
  return { text, signature: first.signature };
}

/** The note of a text, which must end in a newline, with one signature. */
export function signNote(key: SigningKey, name: string, text: string): string {
  const keyId = noteKeyId({ name, publicKey: key.publicKey });
  const signature = toBase64(concatBytes(keyId, key.sign(utf8(text))));
  const note = `${text}\n— ${name} ${signature}\n`;
  if (parseNote(note).text !== text) throw new RangeError("not the text of a note");
  return note;
}

/** SHA-256(name || 0x0A || 0x01 || public key), the first 4 bytes: a hint, not a commitment. */
export function noteKeyId({ name, publicKey }: NoteKey): Uint8Array {
  return primitives.sha256(utf8(name), ed25519Type, publicKey).subarray(0, 4);
}

function refuse(reason: string): never {
  throw new CocoonError("checkpoint_malformed", { reason });
}
