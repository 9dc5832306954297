// What Vercel's AI SDK is asked to do, with its OpenAI provider, unmodified, and with ours.

import { createOpenAI, type OpenAIProvider } from "@ai-sdk/openai";
import {
  APICallError,
  embedMany,
  type EmbeddingModel,
  generateText,
  jsonSchema,
  type LanguageModel,
  Output,
  stepCountIs,
  streamText,
  tool,
} from "ai";
import assert from "node:assert/strict";
import { modelName } from "../network/model-name.ts";
import type { Check, Reach } from "./check.ts";
import { cityQuestion, person, weatherSchema } from "./questions.ts";

const prompt = "Say hello";
const maxRetries = 0;

export function aiSdkChecks(reach: Reach): readonly Check[] {
  const openai = createOpenAI({ ...reach, apiKey: "none" });
  return [
    ...modelChecks({ chat: (id) => openai.chat(id), embedding: (id) => openai.embedding(id) }),
    ...responsesChecks(openai),
  ];
}

/** What a provider gives. */
export type Models = {
  readonly chat: (id: string) => LanguageModel;
  readonly embedding: (id: string) => EmbeddingModel;
};

/** What any provider's models are asked. */
export function modelChecks(models: Models): readonly Check[] {
  return [...textChecks(models), ...shapeChecks(models), ...toolChecks(models)];
}

function textChecks(models: Models): readonly Check[] {
  return [
    [
      "chat",
      async () => {
        const { text, usage } = await generateText({
          model: models.chat(modelName),
          prompt,
          maxRetries,
        });
        assert.ok(text.length > 0);
        assert.ok((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0);
      },
    ],
    [
      "chat, streamed, with usage",
      async () => {
        const result = streamText({ model: models.chat(modelName), prompt, maxRetries });
        let text = "";
        for await (const piece of result.textStream) text += piece;
        assert.ok(text.length > 0);
        assert.ok(((await result.usage).totalTokens ?? 0) > 0);
      },
    ],
  ];
}

function responsesChecks(openai: OpenAIProvider): readonly Check[] {
  return [
    [
      "responses",
      async () => {
        const result = await generateText({ model: openai(modelName), prompt, maxRetries });
        assert.ok(result.text.length > 0);
        assert.ok((result.usage.inputTokens ?? 0) > 0);
      },
    ],
    [
      "responses, streamed",
      async () => {
        const result = streamText({ model: openai(modelName), prompt, maxRetries });
        let text = "";
        for await (const piece of result.textStream) text += piece;
        assert.ok(text.length > 0);
        assert.equal(await result.finishReason, "stop");
      },
    ],
    [
      "responses: tools",
      async () => {
        await loop(openai(modelName), false);
        return "yes, with `store: false`";
      },
    ],
  ];
}

function shapeChecks(models: Models): readonly Check[] {
  return [
    [
      "structured output",
      async () => {
        const schema = jsonSchema<{ name: string; age: number }>(person);
        const { output } = await generateText({
          model: models.chat(modelName),
          prompt: "Return JSON with name and age: Bob is 42",
          output: Output.object({ schema }),
          maxRetries,
        });
        assert.deepEqual(Object.keys(output), ["name", "age"]);
      },
    ],
    [
      "embeddings",
      async () => {
        const { embeddings } = await embedMany({
          model: models.embedding(modelName),
          values: ["one", "two", "three"],
          maxRetries,
        });
        assert.equal(embeddings.length, 3);
        assert.ok((embeddings[0]?.length ?? 0) > 10);
      },
    ],
    [
      "errors",
      async () => {
        const asked = generateText({ model: models.chat("no-such"), prompt, maxRetries });
        await assert.rejects(asked, (error: unknown) => {
          return APICallError.isInstance(error) && error.statusCode === 404 && !error.isRetryable;
        });
      },
    ],
    [
      "abort",
      async () => {
        const abortSignal = AbortSignal.abort();
        const model = models.chat(modelName);
        await assert.rejects(generateText({ model, prompt, maxRetries, abortSignal }));
      },
    ],
  ];
}

function toolChecks(models: Models): readonly Check[] {
  return [["tools: a call, its result, an answer", () => loop(models.chat(modelName))]];
}

/** The loop is the package's own: it runs the tool, and asks again with what the tool gave. */
async function loop(model: LanguageModel, store?: boolean): Promise<void> {
  const cities: string[] = [];
  const weather = tool({
    description: "Weather now",
    inputSchema: jsonSchema<{ city: string }>(weatherSchema),
    execute: ({ city }) => {
      cities.push(city);
      return "It is sunny.";
    },
  });
  const { text, steps } = await generateText({
    model,
    messages: [cityQuestion],
    tools: { weather },
    stopWhen: stepCountIs(2),
    prepareStep: ({ stepNumber }) => {
      return stepNumber === 0 ? { toolChoice: { type: "tool", toolName: "weather" } } : {};
    },
    maxRetries,
    ...(store !== undefined && { providerOptions: { openai: { store } } }),
  });
  assert.equal(cities.length, 1);
  assert.equal(steps.length, 2);
  assert.ok(text.length > 0);
}
