// What LangChain is asked to do with its OpenAI package, unmodified.

import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import assert from "node:assert/strict";
import { modelName } from "../network/harness.ts";
import type { Check } from "./check.ts";
import { cityQuestion, person, weatherTool } from "./questions.ts";

export function langchainChecks(base: string): readonly Check[] {
  const configuration = { baseURL: `${base}/v1` };
  const options = { model: modelName, apiKey: "none", maxRetries: 0, configuration };
  const chat = new ChatOpenAI({ ...options, useResponsesApi: false });
  const responses = new ChatOpenAI({ ...options, useResponsesApi: true });
  return [
    ...chatChecks(chat, responses),
    [
      "embeddings",
      async () => {
        const vectors = await new OpenAIEmbeddings(options).embedDocuments(["one", "two"]);
        assert.equal(vectors.length, 2);
        assert.ok((vectors[0]?.length ?? 0) > 10);
      },
    ],
    [
      "errors",
      async () => {
        const unknown = new ChatOpenAI({ ...options, model: "no-such" });
        await assert.rejects(unknown.invoke("Say hello"), { code: "model_unknown" });
      },
    ],
  ];
}

function chatChecks(chat: ChatOpenAI, responses: ChatOpenAI): readonly Check[] {
  const streamed = async (model: ChatOpenAI): Promise<void> => {
    let text = "";
    for await (const chunk of await model.stream("Say hello")) text += chunk.text;
    assert.ok(text.length > 0);
  };
  return [
    [
      "chat",
      async () => {
        const { text, usage_metadata: usage } = await chat.invoke("Say hello");
        assert.ok(text.length > 0);
        assert.match(JSON.stringify(usage), /"input_tokens":[1-9]/);
      },
    ],
    ["chat, streamed, with usage", () => streamed(chat)],
    [
      "structured output",
      async () => {
        const shaped = chat.withStructuredOutput(person, { name: "person", method: "jsonSchema" });
        const answer = await shaped.invoke("Return JSON with name and age: Bob is 42");
        assert.deepEqual(Object.keys(answer), ["name", "age"]);
      },
    ],
    [
      "tools: a call, its result, an answer",
      async () => {
        const tools = [{ type: "function" as const, function: weatherTool }];
        const first = await chat
          .bindTools(tools, { tool_choice: "weather" })
          .invoke([cityQuestion]);
        const [call] = first.tool_calls ?? [];
        assert.equal(call?.name, "weather");
        const result = { role: "tool", tool_call_id: call.id ?? "", content: "It is sunny." };
        const last = await chat.bindTools(tools).invoke([cityQuestion, first, result]);
        assert.ok(last.text.length > 0);
      },
    ],
    [
      "responses",
      async () => {
        const message = await responses.invoke("Say hello");
        assert.ok(message.text.length > 0);
      },
    ],
    ["responses, streamed", () => streamed(responses)],
  ];
}
