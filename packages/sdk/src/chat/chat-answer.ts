import {
  aggregateChunks,
  type ChatChunk,
  type ChatCompletion,
  type ChatRequest,
  parseChunk,
  parseJson,
} from "@cocoon/protocol";
import { Answer, type AnswerFormat, type Question } from "./answer.ts";
import type { CocoonModules } from "./modules.ts";

const chatFormat: AnswerFormat<ChatChunk> = {
  read: (text) => parseChunk(parseJson(text, "peer_misbehaved"), "peer_misbehaved"),
  isEmpty: ({ choices }) =>
    choices.every(({ delta, finish_reason: reason }) => {
      return reason === null && (delta.content ?? "") === "" && delta.tool_calls === undefined;
    }),
};

/** The answer to a conversation, or what follows a text: in the chunks of a chat either way. */
export class ChatAnswer extends Answer<ChatChunk> {
  readonly request: ChatRequest;

  constructor(modules: CocoonModules, request: ChatRequest, question: Question) {
    super(modules, question, chatFormat);
    this.request = request;
  }

  /** The answer as it comes, a usage chunk last. Fails as events() does. */
  chunks(): AsyncGenerator<ChatChunk, void, undefined> {
    return this.events();
  }

  /** The whole answer. */
  async completion(): Promise<ChatCompletion> {
    return aggregateChunks(await this.whole());
  }
}
