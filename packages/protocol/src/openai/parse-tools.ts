import { Fields, malformed, unsupported } from "./fields.ts";
import type { ResponseFormat, Tool, ToolChoice } from "./request.ts";

const toolsMax = 128;
/** OpenAI: a-z, A-Z, 0-9, underscores and dashes, at most 64. */
const nameShape = /^[A-Za-z0-9_-]{1,64}$/;

/** The functions offered to the model, none twice. */
export function parseTools(request: Fields): readonly Tool[] {
  const tools = (request.array("tools", toolsMax) ?? []).map((tool, index) =>
    parseTool(new Fields(tool, `tools[${index}]`)),
  );
  if (new Set(tools.map((tool) => tool.name)).size !== tools.length) {
    throw malformed("tools", "names a function twice");
  }
  return tools;
}

function parseTool(fields: Fields): Tool {
  if (fields.name("type", 64) !== "function") throw unsupported(fields.param("type"));
  const offered = fields.required("function");
  return {
    name: shapedName(offered),
    description: offered.text("description"),
    parameters: offered.schema("parameters"),
    strict: offered.boolean("strict"),
  };
}

/** Which of the tools the model must call. */
export function parseToolChoice(request: Fields, tools: readonly Tool[]): ToolChoice | undefined {
  const choice = request.unknown("tool_choice");
  if (choice === undefined || choice === "none" || choice === "auto") return choice;
  if (tools.length === 0) throw malformed("tool_choice", "is only allowed with tools");
  if (choice === "required") return choice;
  if (typeof choice === "string") throw malformed("tool_choice", "is not a choice");
  const fields = request.required("tool_choice");
  if (fields.name("type", 64) !== "function") throw unsupported(fields.param("type"));
  const name = shapedName(fields.required("function"));
  if (!tools.some((tool) => tool.name === name)) {
    throw malformed("tool_choice", "names a function that is not among the tools");
  }
  return { name };
}

/** What shape the answer must have; plain text unless said. */
export function parseResponseFormat(request: Fields): ResponseFormat {
  const fields = request.object("response_format");
  if (fields === undefined) return { type: "text" };
  const type = fields.name("type", 64);
  switch (type) {
    case "text":
    case "json_object":
      return { type };
    case "json_schema": {
      const format = fields.required("json_schema");
      const schema = format.schema("schema");
      if (schema === undefined) throw malformed(format.param("schema"), "is required");
      return {
        type,
        name: shapedName(format),
        description: format.text("description"),
        schema,
        strict: format.boolean("strict"),
      };
    }
    default:
      throw malformed(fields.param("type"), "is not a response format");
  }
}

function shapedName(fields: Fields): string {
  const name = fields.name("name", 64);
  if (!nameShape.test(name)) throw malformed(fields.param("name"), "has characters not allowed");
  return name;
}
