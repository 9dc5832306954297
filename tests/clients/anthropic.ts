// What Anthropic's own package is asked to do, unmodified.

import Anthropic, { APIError, APIUserAbortError, NotFoundError } from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { modelName } from "../network/harness.ts";
import type { Check } from "./check.ts";
import { cityQuestion, weatherSchema } from "./questions.ts";

const asked = {
  model: modelName,
  max_tokens: 64,
  messages: [{ role: "user" as const, content: "Say hello" }],
};
const weather = { name: "weather", description: "Weather now", input_schema: weatherSchema };
const named = { type: "tool" as const, name: "weather" };

export function anthropicChecks(base: string): readonly Check[] {
  const anthropic = new Anthropic({ baseURL: base, apiKey: "none", maxRetries: 0 });
  return [...messageChecks(anthropic), ...toolChecks(anthropic)];
}

function messageChecks(anthropic: Anthropic): readonly Check[] {
  return [
    [
      "chat",
      async () => {
        const message = await anthropic.messages.create({ ...asked, system: "Be kind." });
        const [block] = message.content;
        assert.ok(block?.type === "text" && block.text.length > 0);
        assert.equal(message.stop_reason, "end_turn");
        assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
        const cut = await anthropic.messages.create({ ...asked, max_tokens: 2 });
        assert.equal(cut.stop_reason, "max_tokens");
      },
    ],
    [
      "chat, streamed, with usage",
      async () => {
        const stream = anthropic.messages.stream(asked);
        let told = "";
        stream.on("text", (piece) => (told += piece));
        const message = await stream.finalMessage();
        const [block] = message.content;
        assert.ok(block?.type === "text" && block.text === told && told.length > 0);
        assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
      },
    ],
    [
      "abort",
      async () => {
        const stream = anthropic.messages.stream(asked);
        stream.on("text", () => stream.abort());
        await assert.rejects(stream.finalMessage(), APIUserAbortError);
      },
    ],
    [
      "errors",
      async () => {
        const unknown = anthropic.messages.create({ ...asked, model: "no-such" });
        await assert.rejects(unknown, NotFoundError);
        const prefilled = [...asked.messages, { role: "assistant" as const, content: "He" }];
        await assert.rejects(
          anthropic.messages.create({ ...asked, messages: prefilled }),
          (error) => {
            return (
              error instanceof APIError &&
              JSON.stringify(error.error).includes("capability_missing")
            );
          },
        );
      },
    ],
  ];
}

function toolChecks(anthropic: Anthropic): readonly Check[] {
  return [
    [
      "tools: a call, its result, an answer",
      async () => {
        const tools = [weather];
        const first = await anthropic.messages.create({
          ...asked,
          messages: [cityQuestion],
          tools,
          tool_choice: named,
        });
        const call = first.content.find((block) => block.type === "tool_use");
        assert.ok(first.stop_reason === "tool_use" && call?.name === "weather");
        const result = {
          type: "tool_result" as const,
          tool_use_id: call.id,
          content: "It is sunny.",
        };
        const last = await anthropic.messages.create({
          ...asked,
          messages: [
            cityQuestion,
            { role: "assistant", content: first.content },
            { role: "user", content: [result] },
          ],
          tools,
        });
        assert.equal(last.content[0]?.type, "text");
      },
    ],
    [
      "tools, streamed",
      async () => {
        const messages = [cityQuestion];
        const stream = anthropic.messages.stream({
          ...asked,
          messages,
          tools: [weather],
          tool_choice: named,
        });
        const { content } = await stream.finalMessage();
        const call = content.find((block) => block.type === "tool_use");
        assert.ok(call !== undefined && typeof call.input === "object");
        assert.ok("city" in (call.input ?? {}));
      },
    ],
  ];
}
