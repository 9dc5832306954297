import { CocoonError, type ErrorCode, type ErrorDetails } from "../errors/index.ts";
import { deferred } from "./deferred.ts";
import { FrameReader } from "./frame-reader.ts";
import { frameTypes, helloBytesMax, payloadBytesMax, pingBytesMax } from "./frame.ts";
import { Liveness } from "./liveness.ts";
import { type Carrier, Outbox } from "./outbox.ts";
import { encodeRefusal, readRefusal } from "./refusal.ts";
import { type Side, StreamTable } from "./stream-table.ts";
import { MuxStream, type Stream, type StreamHost } from "./stream.ts";

export type ConnectionOptions = {
  readonly side: Side;
  readonly carrier: Carrier;
  /** Streams that the peer may have open at once; one more is reset with `queue_full`. Default 1,024. */
  readonly streamsMax?: number;
  /**
   * Judges the peer's HELLO; a CocoonError that it throws ends the connection with its code. Nothing else of
   * the peer is looked at before. Absent only where both ends are in one process.
   */
  readonly onHello?: (payload: Uint8Array) => void;
};

/** Worst case of unread messages: streamsMax x windowBytes = 256 MiB, from a peer that we know by its key. */
const streamsMaxDefault = 1_024;
/** Why a peer may refuse us before we know who it is. */
const refusalCodes: ReadonlySet<ErrorCode> = new Set([
  "handshake_failed",
  "network_mismatch",
  "version_unsupported",
  "peer_timeout",
  "queue_full",
  "stopping",
]);

/**
 * Many streams over one carrier (spec chapter 3). No I/O and no clock of its own: the carrier's owner calls
 * receive, drained, carrierClosed and tick. Whatever bytes come, nothing is thrown: the connection closes with
 * a code, and everything that waits on it settles.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  readonly #streams: StreamTable;
  readonly #liveness = new Liveness();
  readonly #closed = deferred<CocoonError | undefined>();
  readonly #unserved: Stream[] = [];
  readonly #host: StreamHost = {
    isWritable: () => this.#phase === "open" && this.#outbox.isWritable,
    write: (stream, type, payload) => this.#write(stream, type, payload),
    awaitDrain: (stream) => this.#outbox.wait(stream),
    forget: (stream) => this.#forget(stream),
  };
  #accept: ((stream: Stream) => void) | undefined;
  #phase: "hello" | "open" | "closed";
  #isGoing = false;
  #isPeerGoing = false;

  constructor(options: ConnectionOptions) {
    const { side, carrier, streamsMax = streamsMaxDefault, onHello } = options;
    this.#options = options;
    this.#outbox = new Outbox(carrier);
    this.#phase = onHello === undefined ? "open" : "hello";
    this.#reader = new FrameReader(onHello === undefined ? payloadBytesMax : helloBytesMax);
    this.#streams = new StreamTable(side, streamsMax);
  }

  /** Resolves when the connection is over: undefined when it was ended in order, else why. Never rejects. */
  get closed(): Promise<CocoonError | undefined> {
    return this.#closed.promise;
  }

  /** Whether open() would give a stream now. */
  get isOpen(): boolean {
    return this.#phase === "open" && !this.#isGoing && !this.#isPeerGoing;
  }

  /** Streams of both sides that are not over. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /** Opens a stream of a kind, 0 to 255. Throws `stopping` after either side's goAway(), else `peer_unreachable`. */
  open(kind: number): Stream {
    if (this.#phase !== "open")
      throw new CocoonError("peer_unreachable", { reason: "not connected" });
    const id = this.isOpen ? this.#streams.takeOwnId() : undefined;
    if (id === undefined) {
      this.goAway();
      throw new CocoonError("stopping");
    }
    const stream = this.#addStream(id, kind);
    this.#write(id, frameTypes.open, Uint8Array.of(kind));
    return stream;
  }

  /** Takes the streams that the peer opens, those that came before this call included. */
  serve(accept: (stream: Stream) => void): void {
    this.#accept = accept;
    for (const stream of this.#unserved.splice(0)) accept(stream);
  }

  /** Ends in order: no new streams from either side; closes when those that exist are over. */
  goAway(): void {
    if (this.#phase !== "open" || this.#isGoing) return;
    this.#isGoing = true;
    this.#write(0, frameTypes.goAway, encodeRefusal("stopping"));
    this.#closeWhenIdle();
  }

  /** Ends now. The peer is told the code; what waits on a stream gets `peer_unreachable`. */
  close(code: ErrorCode = "stopping", details: ErrorDetails = {}): void {
    if (this.#phase === "closed") return;
    this.#write(0, frameTypes.goAway, encodeRefusal(code, details));
    this.#shut(undefined, code);
  }

  /** For the carrier's owner: sends our HELLO. */
  sendHello(payload: Uint8Array): void {
    this.#write(0, frameTypes.hello, payload);
  }

  /** For the carrier's owner: bytes came. They must not change afterwards: messages are views of them. */
  receive(chunk: Uint8Array): void {
    if (this.#phase === "closed") return;
    this.#liveness.heard();
    try {
      // A Buffer's views would be Buffers, whose methods differ.
      const plain = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#reader.read(plain, (stream, type, payload) => this.#take(stream, type, payload));
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      this.#cut(error);
    }
  }

  /** For the carrier's owner: it takes more. */
  drained(): void {
    if (this.#phase !== "closed") this.#outbox.drained();
  }

  /** For the carrier's owner: it is gone. */
  carrierClosed(): void {
    const isOrderly = this.#isPeerGoing && this.#streams.size === 0;
    const reason = "carrier closed";
    this.#shut(isOrderly ? undefined : new CocoonError("peer_unreachable", { reason }), reason);
  }

  /** For the carrier's owner: time passes. Call about once a second; `nowMs` may be any clock that only grows. */
  tick(nowMs: number): void {
    if (this.#phase !== "open") return;
    const verdict = this.#liveness.tick(nowMs);
    if (verdict === "ping") this.#write(0, frameTypes.ping, new Uint8Array());
    if (verdict === "dead") this.#cut(new CocoonError("peer_timeout", { reason: "silent" }));
  }

  #take(id: number, type: number, payload: Uint8Array): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "hello") this.#takeHello(id, type, payload);
    else if (id === 0) this.#takeOwn(type, payload);
    else this.#takeStreams(id, type, payload);
  }

  #takeHello(id: number, type: number, payload: Uint8Array): void {
    if (id === 0 && type === frameTypes.goAway) {
      const refusal = readRefusal(payload);
      const isExpected = refusalCodes.has(refusal.code);
      this.#shut(isExpected ? refusal : new CocoonError("handshake_failed"), refusal.code);
      return;
    }
    if (id !== 0 || type !== frameTypes.hello) {
      throw new CocoonError("handshake_failed", { reason: "no hello" });
    }
    this.#phase = "open";
    this.#reader.limit(payloadBytesMax);
    this.#options.onHello?.(payload);
  }

  /** A frame of the connection itself. */
  #takeOwn(type: number, payload: Uint8Array): void {
    switch (type) {
      case frameTypes.ping:
        if (payload.length > pingBytesMax) throw new CocoonError("frame_malformed");
        this.#write(0, frameTypes.pong, payload);
        return;
      case frameTypes.goAway:
        this.#takeGoAway(readRefusal(payload));
        return;
      case frameTypes.pong:
        return;
      case frameTypes.hello:
        throw new CocoonError("peer_misbehaved", { reason: "second hello" });
      default:
        refuseKnown(type);
    }
  }

  /** A frame of one stream. One that is closed here may still get what the peer sent before it knew. */
  #takeStreams(id: number, type: number, payload: Uint8Array): void {
    switch (type) {
      case frameTypes.open:
        this.#takeOpen(id, payload);
        return;
      case frameTypes.data:
        this.#streams.find(id)?.receive(payload);
        return;
      case frameTypes.end:
        if (payload.length > 0) throw new CocoonError("frame_malformed");
        this.#streams.find(id)?.receiveEnd();
        return;
      case frameTypes.credit:
        this.#streams.find(id)?.addCredit(readCredit(payload));
        return;
      case frameTypes.reset:
        this.#takeReset(id, payload);
        return;
      default:
        refuseKnown(type);
    }
  }

  #takeOpen(id: number, payload: Uint8Array): void {
    const [kind] = payload;
    if (kind === undefined || payload.length > 1) throw new CocoonError("frame_malformed");
    this.#streams.takePeerId(id);
    const code = this.#isGoing ? "stopping" : this.#streams.isFull ? "queue_full" : undefined;
    if (code !== undefined) {
      this.#write(id, frameTypes.reset, encodeRefusal(code));
      return;
    }
    const stream = this.#addStream(id, kind);
    if (this.#accept === undefined) this.#unserved.push(stream);
    else this.#accept(stream);
  }

  #takeReset(id: number, payload: Uint8Array): void {
    const stream = this.#streams.find(id);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.fail(readRefusal(payload));
  }

  #takeGoAway(refusal: CocoonError): void {
    if (refusal.code !== "stopping") {
      const error = new CocoonError("peer_unreachable", { reason: refusal.code });
      this.#shut(error, refusal.code);
      return;
    }
    this.#isPeerGoing = true;
    // Answered in kind, so that the peer knows that no OPEN of ours is still under way.
    this.goAway();
    this.#closeWhenIdle();
  }

  #addStream(id: number, kind: number): MuxStream {
    const stream = new MuxStream(this.#host, id, kind);
    this.#streams.add(stream);
    return stream;
  }

  #forget(stream: MuxStream): void {
    this.#streams.delete(stream);
    this.#outbox.forget(stream);
    this.#closeWhenIdle();
  }

  #write(stream: number, type: number, payload: Uint8Array): void {
    if (this.#phase === "closed") return;
    if (stream !== 0) this.#liveness.said();
    if (this.#outbox.add(stream, type, payload)) return;
    this.#shut(new CocoonError("peer_misbehaved", { reason: "does not read" }), "unread");
  }

  #closeWhenIdle(): void {
    if (this.#isGoing && this.#isPeerGoing && this.#streams.size === 0) this.#shut(undefined, "");
  }

  /** Ends because the peer broke a rule: it is told which. */
  #cut(error: CocoonError): void {
    if (this.#phase === "closed") return;
    this.#write(0, frameTypes.goAway, encodeRefusal(error.code, error.details));
    this.#shut(error, error.code);
  }

  #shut(error: CocoonError | undefined, reason: string): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#outbox.finish();
    this.#unserved.length = 0;
    const loss = new CocoonError("peer_unreachable", { reason }, { cause: error });
    for (const stream of this.#streams.all()) {
      this.#streams.delete(stream);
      stream.fail(loss);
    }
    this.#closed.resolve(error);
  }
}

function readCredit(payload: Uint8Array): number {
  if (payload.length !== 4) throw new CocoonError("frame_malformed");
  return new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
}

/** Unknown types are a newer peer's and ignored; a known type on the wrong kind of stream is a fault. */
function refuseKnown(type: number): void {
  if (type >= frameTypes.hello && type <= frameTypes.goAway)
    throw new CocoonError("frame_malformed");
}
