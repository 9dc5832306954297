import { type ChatMessage, type ChatRequest, CocoonError } from "@cocoon/protocol";
import type { Capability, EngineModel } from "./engine.ts";

/** Refuses a request for another model, or for what this one cannot do. Throws model_unknown, capability_missing. */
export function checkServed(request: ChatRequest, model: EngineModel): void {
  if (request.model !== model.id) throw new CocoonError("model_unknown", { param: "model" });
  for (const [capability, param] of needs(request)) {
    if (!model.capabilities.includes(capability)) {
      throw new CocoonError("capability_missing", { param, capability });
    }
  }
}

type Need = readonly [Capability, string];

function needs(request: ChatRequest): Need[] {
  const { responseFormat, tools, toolChoice, presencePenalty, frequencyPenalty } = request;
  return [
    ...request.messages.flatMap(messageNeeds),
    ...when(tools.length > 0 && toolChoice !== "none", "tools", "tools"),
    ...(responseFormat.type === "text"
      ? []
      : when(true, responseFormat.type, "response_format.type")),
    ...when(request.logprobs, "logprobs", "logprobs"),
    ...when((presencePenalty ?? 0) !== 0, "penalties", "presence_penalty"),
    ...when((frequencyPenalty ?? 0) !== 0, "penalties", "frequency_penalty"),
  ];
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
  return condition ? [[capability, param]] : [];
}
