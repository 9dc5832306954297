import { type ChatMessage, CocoonError, contentText } from "@cocoon/protocol";
import type { PromptSource } from "./llama-messages.ts";
import {
  type ChatHistoryItem,
  type ChatWrapper,
  type LlamaModel,
  LlamaText,
  resolveChatWrapper,
  SpecialToken,
  type Token,
} from "node-llama-cpp";

/** A conversation as tokens, by the chat template in the model's file. */
export class PromptTemplate {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;

  constructor(model: LlamaModel) {
    this.#model = model;
    this.#wrapper = resolveChatWrapper(model, { warningLogs: false });
  }

  /**
   * The prompt's tokens: of a conversation up to where the assistant speaks. No text becomes a control token, even when
   * it spells one. Throws request_malformed when the template refuses the conversation, or the text is empty.
   */
  tokens(prompt: PromptSource): Token[] {
    return typeof prompt === "string" ? this.#textTokens(prompt) : this.#chatTokens(prompt);
  }

  #textTokens(text: string): Token[] {
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    const begin = shouldPrependBosToken && bos !== null ? [bos] : [];
    const tokens = [...begin, ...this.#model.tokenize(text)];
    if (tokens.length > 0) return tokens;
    throw new CocoonError("request_malformed", { param: "prompt", reason: "must not be empty" });
  }

  #chatTokens(messages: readonly ChatMessage[]): Token[] {
    try {
      const text = this.#wrapper.generateContextState({ chatHistory: historyOf(messages) });
      return this.#withWantedBos(text.contextText).tokenize(this.#model.tokenizer);
    } catch {
      throw new CocoonError("request_malformed", {
        param: "messages",
        reason: "the model's chat template does not take this conversation",
      });
    }
  }

  /** What ends the assistant's turn besides the model's own end tokens: single tokens, and texts. */
  stops(): { readonly tokens: ReadonlySet<Token>; readonly texts: readonly string[] } {
    const chatHistory = historyOf([{ role: "user", content: "" }]);
    const { stopGenerationTriggers } = this.#wrapper.generateContextState({ chatHistory });
    const tokens = new Set<Token>();
    const texts: string[] = [];
    for (const trigger of stopGenerationTriggers) {
      const tokenized = trigger.tokenize(this.#model.tokenizer);
      const [token] = tokenized;
      if (trigger.values.every((value) => typeof value === "string")) texts.push(String(trigger));
      else if (token !== undefined && tokenized.length === 1) tokens.add(token);
    }
    return { tokens, texts: texts.filter((text) => text !== "") };
  }

  /** Templates begin with BOS. A file that says not to add it may use its id for something else, as ours does. */
  #withWantedBos(text: LlamaText): LlamaText {
    if (this.#model.tokens.shouldPrependBosToken) return text;
    const isBos = (value: unknown) => value instanceof SpecialToken && value.value === "BOS";
    return LlamaText(text.values.filter((value) => !isBos(value)));
  }
}

function historyOf(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  return [...messages.map(itemOf), { type: "model", response: [] }];
}

function itemOf(message: ChatMessage): ChatHistoryItem {
  const text = contentText(message.content);
  if (message.role === "assistant") return { type: "model", response: [text] };
  return { type: message.role === "user" ? "user" : "system", text };
}
