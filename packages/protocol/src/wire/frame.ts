// Frames: all that two nodes say to each other is a row of these. Spec chapter 3, section 2.

/**
 * A frame, integers big-endian:
 *
 *     length    4 bytes   of the payload, at most payloadBytesMax
 *     stream    4 bytes   0: the connection itself
 *     type      1 byte    frameTypes; unknown ones are ignored
 *     payload   length bytes
 */
export const headerBytes = 9;

/** What a frame says; the payload after the colon. */
export const frameTypes = {
  /** JSON: who this is, and its proof. The first frame of each side, sent once. */
  hello: 1,
  /** kind u8: a new stream. */
  open: 2,
  /** One message of the stream. */
  data: 3,
  /** Empty: no more messages from this side. */
  end: 4,
  /** JSON {code, details}: the stream is given up in both directions. */
  reset: 5,
  /** u32: so many more bytes may be sent on the stream. */
  credit: 6,
  /** Up to 8 bytes, which PONG gives back. */
  ping: 7,
  pong: 8,
  /** JSON {code, details}: no new streams; any code but `stopping` means that the connection is cut. */
  goAway: 9,
} as const;

/** A 128 KiB chunk of sealed content and 1 KiB for what wraps it. */
export const payloadBytesMax = 129 * 1_024;

/** Until a peer has proved who it is, it gets no more of our memory than a HELLO needs. */
export const helloBytesMax = 4_096;

/** What one side may send on a stream before the other's reader takes anything: 256 KiB. */
export const windowBytes = 256 * 1_024;

/** Added to each message's length in the count of credit, so that empty ones aren't free to buffer. */
export const messageOverheadBytes = 64;

export const pingBytesMax = 8;

/** What a message costs in credit. */
export function creditCost(message: Uint8Array): number {
  return message.length + messageOverheadBytes;
}
