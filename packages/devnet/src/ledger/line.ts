// One line of the journal: a record, its place in the order, and a checksum over both.

import { createHash } from "node:crypto";

/** What stands on a line besides its checksum. */
export type Line = {
  /** Place in the journal, from 0, without gaps. */
  readonly sequence: number;
  /** How many records were durable when this one was written: all before that were acknowledged. */
  readonly durableCount: number;
  /** One JSON text without line feeds. */
  readonly text: string;
};

/** 128 bits of SHA-256 tell damage from health; they are no defence against a forger. */
const checksumLength = 32;

/**
 * Formats a line:
 *
 *     checksum     32 hex digits   first half of SHA-256 over the rest without the line feed
 *     sequence     decimal
 *     durableCount decimal
 *     text         to the line feed
 *
 * with one space between fields.
 */
export function formatLine(line: Line): Buffer {
  const body = `${line.sequence} ${line.durableCount} ${line.text}`;
  return Buffer.from(`${checksumOf(body)} ${body}\n`);
}

/** Reads a line without its line feed, or undefined when it is damaged. */
export function parseLine(bytes: Buffer): Line | undefined {
  const checksum = bytes.toString("latin1", 0, checksumLength + 1);
  const body = bytes.subarray(checksumLength + 1);
  if (checksum !== `${checksumOf(body)} `) return undefined;
  const fields = /^(\d{1,15}) (\d{1,15}) /.exec(body.toString("latin1", 0, 32));
  if (fields === null) return undefined;
  return {
    sequence: Number(fields[1]),
    durableCount: Number(fields[2]),
    text: body.toString("utf8", fields[0].length),
  };
}

function checksumOf(body: string | Buffer): string {
  return createHash("sha256").update(body).digest("hex").slice(0, checksumLength);
}
