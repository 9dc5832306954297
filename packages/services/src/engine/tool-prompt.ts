// Tools for a model that has none of its own wording for them, in the wording that Hermes and Qwen models are trained on:
// functions listed in the system message, calls as JSON between two marks.

import {
  type ChatMessage,
  type ChatRequest,
  CocoonError,
  contentText,
  type Tool,
} from "@cocoon/protocol";
import { type GrammarPart, schemaRules, writeRules } from "./json-grammar.ts";

export const callStart = "<tool_call>";
export const callEnd = "</tool_call>";

/** A grammar unrolls it; more calls at once than this no model makes sense of. */
const forcedCallsMax = 8;

/** The conversation in plain messages, with the tools that it may call. */
export function plainMessages(request: ChatRequest): readonly ChatMessage[] {
  const messages = request.messages.map(plainMessage);
  if (request.tools.length === 0 || request.toolChoice === "none") return messages;
  const listing = listingOf(request.tools);
  const [first, ...rest] = messages;
  if (first?.role !== "system" && first?.role !== "developer") {
    return [{ role: "system", content: listing }, ...messages];
  }
  return [{ ...first, content: `${contentText(first.content)}\n\n${listing}` }, ...rest];
}

function plainMessage(message: ChatMessage): ChatMessage {
  if (message.role === "tool") {
    const text = `<tool_response>\n${contentText(message.content)}\n</tool_response>`;
    return { role: "user", content: text };
  }
  if (message.role !== "assistant" || message.toolCalls.length === 0) return message;
  const calls = message.toolCalls.map(
    ({ name, arguments: json }) =>
      `${callStart}\n{"name": ${JSON.stringify(name)}, "arguments": ${json}}\n${callEnd}`,
  );
  const text = contentText(message.content);
  const content = [...(text === "" ? [] : [text]), ...calls].join("\n");
  return { role: "assistant", content, toolCalls: [] };
}

function listingOf(tools: readonly Tool[]): string {
  const listed = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ type: "function", function: { name, description, parameters } }),
  );
  return `Functions you can call:
<tools>
${listed.join("\n")}
</tools>
To call one, write ${callStart}
{"name": NAME, "arguments": OBJECT}
${callEnd}`;
}

/** A grammar of nothing but calls, where the request demands one. Throws capability_missing for a strict schema that it cannot hold. */
export function forcedCallGrammar(request: ChatRequest): string | undefined {
  const { toolChoice, tools, parallelToolCalls = true } = request;
  const isForced = toolChoice === "required" || typeof toolChoice === "object";
  if (!isForced || tools.length === 0) return undefined;
  const isNamed = typeof toolChoice === "object";
  const calls = tools.flatMap((tool, index): GrammarPart[] =>
    isNamed && tool.name !== toolChoice.name ? [] : [callPart(tool, index)],
  );
  const more = parallelToolCalls && !isNamed ? ` ( "\\n" call ){0,${forcedCallsMax - 1}}` : "";
  return writeRules(
    new Map([
      ["root", `call${more}`],
      [
        "call",
        `"${callStart}\\n" ( ${calls.map(({ root }) => root).join(" | ")} ) "\\n${callEnd}"`,
      ],
      ...calls.flatMap(({ rules }) => [...rules]),
    ]),
  );
}

function callPart(tool: Tool, index: number): GrammarPart {
  const root = `t${index}`;
  const parameters = parametersPart(tool, index, `${root}-`);
  const rule = `"{\\"name\\": \\"${tool.name}\\", \\"arguments\\": " ${parameters.root} "}"`;
  return { root, rules: new Map([...parameters.rules, [root, rule]]) };
}

/** Only a schema that says `strict` must be held; for any other the model is told, and writes some object. */
function parametersPart({ parameters, strict }: Tool, index: number, prefix: string): GrammarPart {
  const anyObject = { root: "object", rules: new Map<string, string>() };
  if (parameters === undefined) return anyObject;
  try {
    return schemaRules(parameters, prefix);
  } catch (error) {
    if (strict !== true || !(error instanceof CocoonError)) return anyObject;
    const { keyword } = error.details;
    const param = `tools[${index}].function.parameters`;
    throw new CocoonError(error.code, { param, ...(keyword !== undefined && { keyword }) });
  }
}
