import { CocoonError } from "../errors/index.ts";

export function refuseQuote(reason: string): never {
  throw new CocoonError("quote_malformed", { reason });
}

/** Reads fields of a quote one after another; integers little-endian. A shortfall throws quote_malformed. */
export class QuoteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bytes(sizeBytes: number): Uint8Array {
    if (sizeBytes > this.#bytes.length - this.#offset) refuseQuote("too short");
    this.#offset += sizeBytes;
    return this.#bytes.subarray(this.#offset - sizeBytes, this.#offset);
  }

  uint(sizeBytes: 2 | 4): number {
    return this.bytes(sizeBytes).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** A reader of the bytes that the next field says the size of. */
  sized(sizeBytes: 2 | 4): QuoteReader {
    return new QuoteReader(this.bytes(this.uint(sizeBytes)));
  }

  /** All that was read so far. */
  before(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset);
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#offset);
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) refuseQuote("trailing bytes");
  }
}
