import { CocoonError } from "../errors/index.ts";
import { headerBytes } from "./frame.ts";

/** Takes one frame. The payload is a view, valid as long as it is held. */
export type FrameSink = (stream: number, type: number, payload: Uint8Array) => void;

/**
 * Cuts a byte stream, however it was split, into frames. Frames that lie whole in a chunk are given as views;
 * one that doesn't is copied once, into a buffer of its exact size.
 */
export class FrameReader {
  #payloadBytesMax: number;
  /** A frame of which only `#filledBytes` have come; of header size until the header is whole. */
  #partial: Uint8Array | undefined;
  #filledBytes = 0;

  constructor(payloadBytesMax: number) {
    this.#payloadBytesMax = payloadBytesMax;
  }

  /** Changes the limit from the next header on. */
  limit(payloadBytesMax: number): void {
    this.#payloadBytesMax = payloadBytesMax;
  }

  /** Gives every frame that is now whole to the sink. Throws `frame_too_long`, and what the sink throws. */
  read(chunk: Uint8Array, sink: FrameSink): void {
    const view = viewOf(chunk);
    let offset = this.#resume(chunk, sink);
    while (chunk.length - offset >= headerBytes) {
      const end = offset + headerBytes + this.#lengthAt(view, offset);
      if (end > chunk.length) break;
      const payload = chunk.subarray(offset + headerBytes, end);
      sink(view.getUint32(offset + 4), view.getUint8(offset + 8), payload);
      offset = end;
    }
    if (offset < chunk.length) this.#keep(chunk.subarray(offset));
  }

  /** Completes the frame that an earlier chunk began; returns how much of this chunk that took. */
  #resume(chunk: Uint8Array, sink: FrameSink): number {
    let offset = 0;
    while (this.#partial !== undefined) {
      const wanted = this.#partial.length - this.#filledBytes;
      const part = chunk.subarray(offset, offset + wanted);
      this.#partial.set(part, this.#filledBytes);
      this.#filledBytes += part.length;
      offset += part.length;
      if (part.length < wanted) return offset;
      this.#advance(this.#partial, sink);
    }
    return offset;
  }

  /** The partial is full: either the header alone, which now tells the size, or the whole frame. */
  #advance(partial: Uint8Array, sink: FrameSink): void {
    const view = viewOf(partial);
    const size = headerBytes + this.#lengthAt(view, 0);
    if (partial.length < size) {
      this.#partial = new Uint8Array(size);
      this.#partial.set(partial);
      return;
    }
    this.#partial = undefined;
    sink(view.getUint32(4), view.getUint8(8), partial.subarray(headerBytes));
  }

  #keep(rest: Uint8Array): void {
    const size = rest.length < headerBytes ? 0 : this.#lengthAt(viewOf(rest), 0);
    this.#partial = new Uint8Array(headerBytes + size);
    this.#partial.set(rest);
    this.#filledBytes = rest.length;
  }

  #lengthAt(view: DataView, offset: number): number {
    const length = view.getUint32(offset);
    if (length > this.#payloadBytesMax) throw new CocoonError("frame_too_long", { bytes: length });
    return length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
