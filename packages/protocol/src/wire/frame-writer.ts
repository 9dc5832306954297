import { headerBytes } from "./frame.ts";

type Frame = {
  readonly stream: number;
  readonly type: number;
  readonly payload: Uint8Array;
};

/** Up to this size a payload is cheaper to copy beside its neighbours than to hand on as a chunk of its own. */
const copyBytesMax = 8 * 1_024;

/** Collects frames and turns them into as few chunks as is cheap: one, unless payloads are large. */
export class FrameWriter {
  #frames: Frame[] = [];
  #bytes = 0;

  /** Size of all frames since the last take(). */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a frame. The payload must not change until it was taken and sent. */
  add(stream: number, type: number, payload: Uint8Array): void {
    this.#frames.push({ stream, type, payload });
    this.#bytes += headerBytes + payload.length;
  }

  /** All frames so far, in order, as bytes to send. */
  take(): Uint8Array[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    const chunks: Uint8Array[] = [];
    let run: Frame[] = [];
    for (const frame of frames) {
      run.push(frame);
      if (frame.payload.length <= copyBytesMax) continue;
      chunks.push(joinRun(run), frame.payload);
      run = [];
    }
    if (run.length > 0) chunks.push(joinRun(run));
    return chunks;
  }
}

/** Headers and payloads in one buffer; a large payload, which can only be the last, is left out. */
function joinRun(run: readonly Frame[]): Uint8Array {
  let size = 0;
  for (const frame of run) size += headerBytes + copiedBytes(frame);
  const joined = new Uint8Array(size);
  const view = new DataView(joined.buffer);
  let offset = 0;
  for (const frame of run) {
    view.setUint32(offset, frame.payload.length);
    view.setUint32(offset + 4, frame.stream);
    view.setUint8(offset + 8, frame.type);
    if (copiedBytes(frame) > 0) joined.set(frame.payload, offset + headerBytes);
    offset += headerBytes + copiedBytes(frame);
  }
  return joined;
}

function copiedBytes(frame: Frame): number {
  return frame.payload.length <= copyBytesMax ? frame.payload.length : 0;
}
