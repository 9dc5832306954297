import {
  aggregateChunks,
  type ChatChunk,
  type ChatCompletion,
  type ChatRequest,
  parseChunk,
  parseJson,
} from "@cocoon/protocol";
import type { Burst } from "../session/index.ts";
import { Answer, type Question } from "./answer.ts";
import type { CocoonModules } from "./modules.ts";
import { Retelling } from "./retelling.ts";

/** The answer to a conversation, or what follows a text: in the chunks of a chat either way. */
export class ChatAnswer extends Answer<ChatChunk> {
  readonly request: ChatRequest;

  constructor(modules: CocoonModules, request: ChatRequest, question: Question) {
    super(modules, question, (text) =>
      parseChunk(parseJson(text, "peer_misbehaved"), "peer_misbehaved"),
    );
    this.request = request;
  }

  /**
   * The answer as it comes, a usage chunk last. After the first words another worker goes on only when the request gives
   * the same words each time, and each word comes once: answer_diverged when it does not.
   */
  async *chunks(): AsyncGenerator<ChatChunk, void, undefined> {
    for await (const chunks of this.bursts()) yield* chunks;
  }

  /** The same, those together that came together. */
  bursts(): AsyncGenerator<Burst<ChatChunk>, void, undefined> {
    return this.told(new Retelling(this.request));
  }

  /** The whole answer. */
  async completion(): Promise<ChatCompletion> {
    return aggregateChunks(await this.whole());
  }
}
