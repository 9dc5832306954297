// A sealed request on its way in: what its public part says, its hash, and its bytes while another worker may need them.

import {
  type Ask,
  CocoonError,
  type Conversation,
  expectMessage,
  type HashStream,
  type Message,
  type Offer,
  primitives,
  type PublicPart,
  readPublicHeader,
  recipientTerms,
  requireFreshRequest,
  toHex,
} from "@cocoon/protocol";
import { clientTimeoutMs, withDeadline } from "./deadline.ts";
import type { OfferedPeer } from "./offer.ts";

/** 128 MiB: with the usual request of a few KiB that is tens of thousands under way. */
const roomBytesMax = 134_217_728;

/** The memory that requests to several workers may take, all together. Beyond it nothing is kept, and nobody stands by. */
export class UploadRoom {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number = roomBytesMax) {
    this.#bytesMax = bytesMax;
  }

  get isFree(): boolean {
    return this.#bytes < this.#bytesMax;
  }

  /** Whether so many bytes may be kept; they are then given back with give(). */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export type UploadOptions = {
  readonly client: Conversation;
  readonly ask: Ask;
  readonly offer: Offer;
  readonly peers: readonly OfferedPeer[];
  readonly room: UploadRoom;
};

export class Upload {
  readonly ask: Ask;
  readonly #client: Conversation;
  readonly #offer: Offer;
  readonly #peers: readonly OfferedPeer[];
  readonly #room: UploadRoom;
  readonly #hash: HashStream = primitives.sha256Stream();
  #digest: Uint8Array | undefined;
  #public: PublicPart | undefined;
  #recipients: readonly OfferedPeer[] = [];
  /** Messages as they came, as long as a second worker may need them. */
  #kept: Uint8Array[] | undefined = [];
  #keptBytes = 0;
  #first: Uint8Array | undefined;
  #isWhole = false;

  constructor({ client, ask, offer, peers, room }: UploadOptions) {
    this.ask = ask;
    this.#client = client;
    this.#offer = offer;
    this.#peers = peers;
    this.#room = room;
  }

  /**
   * Hears the first piece, which must hold the whole public part, with the terms that were offered. Throws what is wrong
   * with it: offer_mismatch, network_mismatch, sealed_expired and other sealed_* codes.
   */
  async begin(networkId: number, nowMs: number): Promise<PublicPart> {
    const message = await this.#hear();
    const part = readPublicHeader(message.body);
    this.#public = part;
    this.#recipients = this.#match(part);
    if (part.header.networkId !== networkId) throw new CocoonError("network_mismatch");
    requireFreshRequest(part, nowMs);
    this.#first = this.#take(message);
    return part;
  }

  get publicPart(): PublicPart {
    if (this.#public === undefined) throw new CocoonError("sealed_truncated");
    return this.#public;
  }

  /** Request id, hex. */
  get request(): string {
    return toHex(this.publicPart.requestId);
  }

  /** Those that the client has sealed to, in their order. */
  get recipients(): readonly OfferedPeer[] {
    return this.#recipients;
  }

  /** Of the whole sealed request; to be asked once it is there. */
  get requestHash(): Uint8Array {
    this.#digest ??= this.#hash.digest();
    return this.#digest;
  }

  /** The whole request again; undefined when there was no room for it. */
  get kept(): readonly Uint8Array[] | undefined {
    return this.#kept;
  }

  /** The messages as they come. */
  async *messages(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#first !== undefined) yield this.#first;
    while (!this.#isWhole) yield this.#take(await this.#hear());
  }

  /** Keeps nothing any more. */
  drop(): void {
    this.#room.give(this.#keptBytes);
    this.#keptBytes = 0;
    this.#kept = undefined;
  }

  async #hear(): Promise<Message> {
    const message = await withDeadline(this.#client.hear(), clientTimeoutMs);
    if (message?.name !== "bodyLast") expectMessage(message, "body");
    if (message === undefined) throw new CocoonError("peer_unreachable");
    return message;
  }

  #take({ name, body, raw }: Message): Uint8Array {
    this.#hash.update(body);
    this.#keep(raw);
    this.#isWhole = name === "bodyLast";
    return raw;
  }

  #keep(raw: Uint8Array): void {
    if (this.#kept === undefined || this.#recipients.length < 2) return;
    if (this.#room.take(raw.length)) {
      this.#kept.push(raw);
      this.#keptBytes += raw.length;
    } else this.drop();
  }

  /** The workers that the header names, each as it was offered, in the order of the offer. Throws offer_mismatch. */
  #match({ header, recipientCount }: PublicPart): readonly OfferedPeer[] {
    const { ask } = this;
    const isAsked =
      header.manifestHash === ask.model &&
      header.tier === ask.tier &&
      header.tokensMax === ask.tokensMax &&
      header.channel === ask.channel &&
      header.feeBps === this.#offer.feeBps;
    if (!isAsked) throw new CocoonError("offer_mismatch");
    let next = 0;
    return Array.from({ length: recipientCount }, (_, index) => {
      const terms = recipientTerms(header, index);
      const at = this.#peers.findIndex(({ offered }, position) => {
        return (
          position >= next &&
          offered.claimsHash === terms.claimsHash &&
          offered.promptPerMillion === terms.promptPerMillion &&
          offered.completionPerMillion === terms.completionPerMillion
        );
      });
      const peer = this.#peers[at];
      if (peer === undefined) throw new CocoonError("offer_mismatch");
      next = at + 1;
      return peer;
    });
  }
}
