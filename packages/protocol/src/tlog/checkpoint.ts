// Checkpoints, the signed tree heads of a log: C2SP tlog-checkpoint v1.0.0.

import { fromBase64, toBase64 } from "../bytes/index.ts";
import { friendlyAddress, parseFriendlyAddress, type RawAddress } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import type { SigningKey } from "../primitives/index.ts";
import { hashBytes } from "./hash.ts";
import { signNote, verifyNote } from "./note.ts";
import { assertSize, type TreeHead } from "./tree.ts";

/** What a log says of itself at one moment. */
export type Checkpoint = TreeHead & {
  /** The log's name, one line; it is also the name of its key. */
  readonly origin: string;
};

/** Which log a checkpoint must be from. */
export type LogIdentity = {
  readonly origin: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
};

const bondedPrefix = "cocoon/";

/** The text that is signed, as parseCheckpoint() draws it. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === "" || origin.includes("\n")) throw new RangeError("an origin is one line");
  assertSize(size);
  if (root.length !== hashBytes) throw new RangeError("a root is 32 bytes");
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Parses the text of a checkpoint's note; throws checkpoint_malformed. Lines, each ended by a newline:
 *
 *     origin       not empty
 *     tree size    decimal without leading zeros, at most 2^53 - 1
 *     root hash    base64 of 32 bytes
 *     extensions   any number of lines that are not empty; signed, but read by nobody here
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  if (lines.pop() !== "") refuse("last line");
  if (lines.includes("")) refuse("empty line");
  const [origin, size, rootBase64] = lines;
  if (origin === undefined || size === undefined || rootBase64 === undefined)
    return refuse("lines");
  if (!/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) refuse("size");
  const root = fromBase64(rootBase64);
  if (root?.length !== hashBytes) return refuse("root");
  return { origin, size: Number(size), root };
}

/** Signs a checkpoint; returns the note. The key's name is the origin, which therefore holds no spaces or plus signs. */
export function signCheckpoint(key: SigningKey, checkpoint: Checkpoint): string {
  return signNote(key, checkpoint.origin, formatCheckpoint(checkpoint));
}

/**
 * The checkpoint of a note that this log signed. Throws checkpoint_malformed, or checkpoint_signature_invalid when
 * it is of another log. A log that a bond answers for has no extension lines: its contract writes the text again from
 * size and root alone, so with any other text the log could contradict itself unpunished.
 */
export function verifyCheckpoint(note: string, log: LogIdentity): Checkpoint {
  const text = verifyNote(note, { name: log.origin, publicKey: log.publicKey });
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== log.origin) throw new CocoonError("checkpoint_signature_invalid");
  const isBonded = checkpoint.origin.startsWith(bondedPrefix);
  if (isBonded && text !== formatCheckpoint(checkpoint)) refuse("extensions");
  return checkpoint;
}

function refuse(reason: string): never {
  throw new CocoonError("checkpoint_malformed", { reason });
}

/**
 * The origin of a proxy's receipt log: it names the network and the bond that answers for the log. Short on purpose: a
 * checkpoint's whole text fits the 127 bytes that a contract can verify a signature over.
 */
export function logOrigin(networkId: number, bond: RawAddress): string {
  return `${bondedPrefix}${networkId}/${friendlyAddress(bond)}`;
}

/** The network and the bond that an origin names, in its one spelling; undefined when it is no receipt log's. */
export function parseLogOrigin(
  origin: string,
): { readonly networkId: number; readonly bond: RawAddress } | undefined {
  const [, network = "", address = ""] = /^cocoon\/(-?\d{1,10})\/(.{48})$/.exec(origin) ?? [];
  const bond = parseFriendlyAddress(address)?.address;
  if (bond === undefined) return undefined;
  const networkId = Number(network);
  return logOrigin(networkId, bond) === origin ? { networkId, bond } : undefined;
}
