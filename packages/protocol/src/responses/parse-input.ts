// The input of a Responses request: a text, or items, of which calls and their outputs stand beside the messages.

import { Fields, type JsonObject, malformed, unsupported } from "../openai/index.ts";

const itemsMax = 4_096;
const partsMax = 1_024;

/** The messages of a chat completion that say the same. */
export function parseInput(fields: Fields): readonly JsonObject[] {
  const instructions = fields.text("instructions");
  const opening = instructions === undefined ? [] : [{ role: "system", content: instructions }];
  const input = fields.unknown("input");
  if (input === undefined) throw malformed("input", "is required");
  if (typeof input === "string") return [...opening, { role: "user", content: input }];
  const items = fields.array("input", itemsMax) ?? [];
  const messages = new Messages();
  for (const [index, item] of items.entries()) {
    messages.add(new Fields(item, `input[${index}]`));
  }
  return [...opening, ...messages.all];
}

type Call = { readonly id: string; readonly type: "function"; readonly function: JsonObject };
type AssistantMessage = { readonly role: "assistant"; content: unknown; tool_calls?: Call[] };

class Messages {
  readonly all: JsonObject[] = [];
  /** The message that calls are part of, as long as nothing else has come. */
  #assistant: AssistantMessage | undefined;

  add(item: Fields): void {
    const type = item.text("type") ?? "message";
    switch (type) {
      case "message":
        this.#addMessage(item);
        return;
      case "function_call":
        this.#addCall(item);
        return;
      case "function_call_output":
        this.#assistant = undefined;
        this.all.push({
          role: "tool",
          tool_call_id: item.name("call_id", 256),
          content: contentOf(item, "output"),
        });
        return;
      case "reasoning":
        return; // What a model thought before an earlier answer is no part of the conversation.
      default:
        throw unsupported(item.param("type"));
    }
  }

  #addMessage(item: Fields): void {
    const role = item.name("role", 64);
    const content = contentOf(item, "content");
    this.#assistant = undefined;
    if (role !== "assistant") {
      this.all.push({ role, content });
      return;
    }
    this.#assistant = { role, content };
    this.all.push(this.#assistant);
  }

  #addCall(item: Fields): void {
    const [name, given] = [item.name("name", 256), item.text("arguments") ?? ""];
    const call: Call = {
      id: item.name("call_id", 256),
      type: "function",
      function: { name, arguments: given },
    };
    if (this.#assistant === undefined) {
      this.#assistant = { role: "assistant", content: null };
      this.all.push(this.#assistant);
    }
    (this.#assistant.tool_calls ??= []).push(call);
  }
}

function contentOf(item: Fields, name: string): unknown {
  const content = item.unknown(name);
  if (content === undefined || typeof content === "string") return content;
  return (item.array(name, partsMax) ?? []).map((part, index) =>
    chatPart(new Fields(part, `${item.param(name)}[${index}]`)),
  );
}

function chatPart(part: Fields): JsonObject {
  const type = part.name("type", 64);
  switch (type) {
    case "input_text":
    case "output_text":
      return { type: "text", text: part.text("text") };
    case "refusal":
      return { type, refusal: part.text("refusal") };
    case "input_image": {
      if (part.unknown("file_id") !== undefined) throw unsupported(part.param("file_id"));
      return {
        type: "image_url",
        image_url: { url: part.text("image_url"), detail: part.text("detail") },
      };
    }
    default:
      throw unsupported(part.param("type"));
  }
}
