// What engines can do beyond plain chat, and what a request needs of them: compared before anything is paid.

import type { ChatMessage, ChatRequest } from "./request.ts";

/** As workers announce it and clients ask for it. */
export type Capability =
  /** A prompt that no chat template wraps. */
  | "completions"
  | "embeddings"
  /** A call that tool_choice demands. */
  | "forced_tools"
  | "images"
  | "json_object"
  | "json_schema"
  | "logprobs"
  | "penalties"
  /** The model decides by itself whether it calls; and conversations in which calls were made. */
  | "tools";

/** A capability, and the part of the request that asks for it as OpenAI names parts. */
export type Need = { readonly capability: Capability; readonly param: string };

/** What a request needs of an engine, in the order of its fields. */
export function needsOf(request: ChatRequest): Need[] {
  const { prompt, responseFormat, presencePenalty, frequencyPenalty } = request;
  return [
    ...when(prompt !== undefined, "completions", "prompt"),
    ...request.messages.flatMap(messageNeeds),
    ...toolNeeds(request),
    ...(responseFormat.type === "text"
      ? []
      : when(true, responseFormat.type, "response_format.type")),
    ...when(request.logprobs, "logprobs", "logprobs"),
    ...when((presencePenalty ?? 0) !== 0, "penalties", "presence_penalty"),
    ...when((frequencyPenalty ?? 0) !== 0, "penalties", "frequency_penalty"),
  ];
}

function toolNeeds({ tools, toolChoice = "auto" }: ChatRequest): Need[] {
  if (tools.length === 0 || toolChoice === "none") return [];
  return toolChoice === "auto"
    ? when(true, "tools", "tools")
    : when(true, "forced_tools", "tool_choice");
}

function messageNeeds(message: ChatMessage, index: number): Need[] {
  const { content } = message;
  const callsTools = message.role === "assistant" && message.toolCalls.length > 0;
  const image =
    typeof content === "string" ? -1 : content.findIndex((part) => part.type === "image");
  return [
    ...when(message.role === "tool", "tools", `messages[${index}].role`),
    ...when(callsTools, "tools", `messages[${index}].tool_calls`),
    ...when(image >= 0, "images", `messages[${index}].content[${image}]`),
  ];
}

function when(condition: boolean, capability: Capability, param: string): Need[] {
  return condition ? [{ capability, param }] : [];
}
