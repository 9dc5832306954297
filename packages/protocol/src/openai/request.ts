// The part of OpenAI's chat completion request that the network serves, as the rest of the code reads it.

export type TextPart = { readonly type: "text"; readonly text: string };

export type ImagePart = {
  readonly type: "image";
  /** An http(s) or data URL. */
  readonly url: string;
  readonly detail?: string | undefined;
};

export type MessageContent = string | readonly (TextPart | ImagePart)[];

/** A call of a function that the model asked for earlier. The arguments are JSON text as the model wrote it. */
export type ToolCall = {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
};

export type ChatMessage =
  | {
      readonly role: "system" | "developer" | "user";
      readonly content: MessageContent;
      readonly name?: string | undefined;
    }
  | {
      readonly role: "assistant";
      /** Empty when the message only calls tools. */
      readonly content: MessageContent;
      readonly toolCalls: readonly ToolCall[];
      readonly name?: string | undefined;
    }
  | { readonly role: "tool"; readonly content: MessageContent; readonly toolCallId: string };

/** A function that the model may ask to be called. */
export type Tool = {
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON Schema. */
  readonly parameters?: JsonObject | undefined;
  readonly strict?: boolean | undefined;
};

export type ToolChoice = "none" | "auto" | "required" | { readonly name: string };

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly name: string;
      readonly description?: string | undefined;
      readonly schema: JsonObject;
      readonly strict?: boolean | undefined;
    };

/** A parsed JSON object, nested at most schemaDepthMax deep. */
export type JsonObject = { readonly [name: string]: unknown };

/** One chat completion, asked for. Absent options are the engine's to choose. */
export type ChatRequest = {
  readonly model: string;
  /** At least one, unless there is a prompt. */
  readonly messages: readonly ChatMessage[];
  /** A text to go on from, in place of a conversation: no chat template wraps it. */
  readonly prompt?: string | undefined;
  /** 0 to 2. */
  readonly temperature?: number | undefined;
  /** 0 to 1. */
  readonly topP?: number | undefined;
  /** The most tokens to generate: max_completion_tokens, or the older max_tokens. At least 1. */
  readonly tokensMax?: number | undefined;
  /** 0 to 4 texts, none empty. The answer ends before the first that it would contain. */
  readonly stop: readonly string[];
  readonly seed?: number | undefined;
  readonly stream: boolean;
  /** stream_options.include_usage: a last chunk with the usage and no choice. */
  readonly includeUsage: boolean;
  readonly responseFormat: ResponseFormat;
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  readonly logprobs: boolean;
  /** 0 to 20, only with logprobs. */
  readonly topLogprobs?: number | undefined;
  /** -2 to 2. */
  readonly presencePenalty?: number | undefined;
  /** -2 to 2. */
  readonly frequencyPenalty?: number | undefined;
  readonly user?: string | undefined;
};

/** The text of a message; its text parts are joined by line breaks. */
export function contentText(content: MessageContent): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
