import type { ChatMessage, ChatRequest, JsonObject, MessageContent, Tool } from "./request.ts";

/**
 * The request as OpenAI's JSON, for a backend that speaks it. parseChatRequest of it gives the same request, or
 * parseCompletionRequest where it has a prompt.
 */
export function encodeChatRequest(request: ChatRequest): JsonObject {
  const { responseFormat, tools, stop, toolChoice } = request;
  return {
    model: request.model,
    ...(request.prompt === undefined
      ? { messages: request.messages.map(encodeMessage) }
      : { prompt: request.prompt }),
    temperature: request.temperature,
    top_p: request.topP,
    max_tokens: request.tokensMax,
    stop: stop.length === 0 ? undefined : stop,
    seed: request.seed,
    stream: request.stream,
    stream_options: request.includeUsage ? { include_usage: true } : undefined,
    response_format: responseFormat.type === "text" ? undefined : encodeFormat(responseFormat),
    tools: tools.length === 0 ? undefined : tools.map(encodeTool),
    tool_choice:
      typeof toolChoice === "object"
        ? { type: "function", function: { name: toolChoice.name } }
        : toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    logprobs: request.logprobs ? true : undefined,
    top_logprobs: request.topLogprobs,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    user: request.user,
  };
}

function encodeMessage(message: ChatMessage): JsonObject {
  const { role } = message;
  const content = encodeContent(message.content);
  switch (role) {
    case "assistant":
      return {
        role,
        content,
        name: message.name,
        tool_calls:
          message.toolCalls.length === 0
            ? undefined
            : message.toolCalls.map((call) => ({
                id: call.id,
                type: "function",
                function: { name: call.name, arguments: call.arguments },
              })),
      };
    case "tool":
      return { role, content, tool_call_id: message.toolCallId };
    case "system":
    case "developer":
    case "user":
      return { role, content, name: message.name };
  }
}

function encodeContent(content: MessageContent): unknown {
  if (typeof content === "string") return content;
  return content.map((part) =>
    part.type === "text"
      ? part
      : { type: "image_url", image_url: { url: part.url, detail: part.detail } },
  );
}

function encodeFormat(
  format: Exclude<ChatRequest["responseFormat"], { type: "text" }>,
): JsonObject {
  if (format.type === "json_object") return { type: format.type };
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}

function encodeTool(tool: Tool): JsonObject {
  return { type: "function", function: tool };
}
