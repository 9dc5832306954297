import type { CocoonError } from "../errors/index.ts";
import {
  encodeMessage,
  expectMessage,
  type Message,
  type MessageName,
  readMessage,
} from "./messages.ts";
import type { Stream } from "./stream.ts";

/** One stream, heard message by message: for code that reads as the protocol's sequence does. */
export class Conversation {
  readonly stream: Stream;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** Sends an encoded message. */
  send(message: Uint8Array): Promise<void> {
    return this.stream.send(message);
  }

  /** Sends a message with a binary body. */
  say(name: MessageName, body?: Uint8Array): Promise<void> {
    return this.stream.send(encodeMessage(name, body));
  }

  /** The next message, or undefined after the peer's END. Throws the CocoonError that ended the stream. */
  async hear(): Promise<Message | undefined> {
    const bytes = await this.stream.read();
    return bytes === undefined ? undefined : readMessage(bytes);
  }

  /** The body of the next message, which must have this name. */
  async expect(name: MessageName): Promise<Uint8Array> {
    return expectMessage(await this.hear(), name);
  }

  /** Gives up because of an error. */
  fail(error: CocoonError): void {
    this.stream.reset(error.code, error.details);
  }
}
