// What OpenAI's own package is asked to do, unmodified.

import assert from "node:assert/strict";
import OpenAI, { APIError, BadRequestError, NotFoundError } from "openai";
import { modelName } from "../network/model-name.ts";
import type { Check, Reach } from "./check.ts";
import { cityQuestion, namesIn, person, weatherTool } from "./questions.ts";

const model = modelName;
const messages = [{ role: "user" as const, content: "Say hello" }];
const named = { type: "function" as const, function: { name: "weather" } };
const chatTool = { type: "function" as const, function: weatherTool };

/** What the request is refused with. */
async function refusalOf(asked: PromiseLike<unknown>): Promise<APIError> {
  try {
    await asked;
  } catch (error) {
    assert.ok(error instanceof APIError, String(error));
    return error;
  }
  assert.fail("it was answered");
}

export function openaiChecks(reach: Reach): readonly Check[] {
  const openai = new OpenAI({
    ...reach,
    apiKey: "none",
    maxRetries: 0,
    // In a page there is no key to be stolen.
    dangerouslyAllowBrowser: true,
  });
  return [
    ...chatChecks(openai),
    ...choiceChecks(openai),
    ...shapeChecks(openai),
    ...otherChecks(openai),
    ...responsesChecks(openai),
    ...responseShapeChecks(openai),
    ...refusalChecks(openai),
  ];
}

function chatChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "models",
      async () => {
        const { data } = await openai.models.list();
        assert.equal(data[0]?.id, model);
        const found = await openai.models.retrieve(model);
        assert.ok("cocoon" in found);
        assert.equal((await refusalOf(openai.models.retrieve("a/b"))).code, "model_unknown");
      },
    ],
    [
      "chat",
      async () => {
        const { data, response } = await openai.chat.completions
          .create({ model, messages })
          .withResponse();
        assert.ok((data.choices[0]?.message.content ?? "").length > 0);
        assert.ok((data.usage?.prompt_tokens ?? 0) > 0);
        assert.equal(data.usage?.completion_tokens_details, undefined);
        assert.match(response.headers.get("x-cocoon-receipt") ?? "", /^[0-9a-f]{32}$/);
      },
    ],
    [
      "chat, streamed, with usage",
      async () => {
        const stream = openai.chat.completions.stream({
          model,
          messages,
          stream_options: { include_usage: true },
        });
        const final = await stream.finalChatCompletion();
        assert.ok((final.choices[0]?.message.content ?? "").length > 0);
        assert.ok((final.usage?.total_tokens ?? 0) > 0);
      },
    ],
  ];
}

function choiceChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "several choices",
      async () => {
        const asked = { model, messages, n: 3, temperature: 1, seed: 7, max_tokens: 8 };
        const { choices, usage } = await openai.chat.completions.create(asked);
        assert.deepEqual(
          choices.map(({ index }) => index),
          [0, 1, 2],
        );
        const one = await openai.chat.completions.create({ ...asked, n: 1 });
        assert.equal(choices[0]?.message.content, one.choices[0]?.message.content);
        assert.equal(usage?.prompt_tokens, 3 * (one.usage?.prompt_tokens ?? 0));
        const indices = new Set<number>();
        const stream = await openai.chat.completions.create({ ...asked, stream: true });
        for await (const chunk of stream)
          for (const choice of chunk.choices) indices.add(choice.index);
        assert.deepEqual(
          [...indices].toSorted((left, right) => left - right),
          [0, 1, 2],
        );
      },
    ],
    [
      "abort",
      async () => {
        const controller = new AbortController();
        const stream = await openai.chat.completions.create(
          { model, messages, stream: true },
          { signal: controller.signal },
        );
        for await (const chunk of stream) if (chunk.id !== "") controller.abort();
        assert.ok(controller.signal.aborted);
      },
    ],
  ];
}

function shapeChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "stop, seed, temperature",
      async () => {
        const asked = { model, messages, temperature: 1, seed: 3 };
        const whole =
          (await openai.chat.completions.create(asked)).choices[0]?.message.content ?? "";
        const stop = whole.slice(4, 7);
        const { choices } = await openai.chat.completions.create({ ...asked, stop });
        assert.equal(choices[0]?.message.content, whole.slice(0, whole.indexOf(stop)));
      },
    ],
    [
      "structured output",
      async () => {
        const { choices } = await openai.chat.completions.parse({
          model,
          messages: [{ role: "user", content: "Return JSON with name and age: Bob is 42" }],
          response_format: {
            type: "json_schema",
            json_schema: { name: "person", schema: person, strict: true },
          },
        });
        assert.deepEqual(namesIn(choices[0]?.message.content ?? ""), ["name", "age"]);
      },
    ],
    [
      "tools: a call, its result, an answer",
      async () => {
        const tools = [chatTool];
        const first = await openai.chat.completions.create({
          model,
          messages: [cityQuestion],
          tools,
          tool_choice: named,
        });
        const [choice] = first.choices;
        const [call] = choice?.message.tool_calls ?? [];
        assert.ok(choice?.finish_reason === "tool_calls" && call?.type === "function");
        assert.ok(namesIn(call.function.arguments).includes("city"));
        const then = [
          cityQuestion,
          choice.message,
          { role: "tool" as const, tool_call_id: call.id, content: "It is sunny." },
        ];
        const last = await openai.chat.completions.create({ model, messages: then, tools });
        assert.ok((last.choices[0]?.message.content ?? "").length > 0);
      },
    ],
    [
      "tools, streamed",
      async () => {
        const asked = {
          model,
          messages: [cityQuestion],
          tools: [chatTool],
          tool_choice: "required" as const,
        };
        const final = await openai.chat.completions.stream(asked).finalChatCompletion();
        const calls = final.choices[0]?.message.tool_calls ?? [];
        assert.ok(calls.length >= 1);
        for (const call of calls) assert.ok(call.type === "function" && call.id !== "");
        for (const call of calls) if (call.type === "function") JSON.parse(call.function.arguments);
      },
    ],
  ];
}

function otherChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "completions",
      async () => {
        const asked = {
          model,
          prompt: ["count from 1 to 9\n1, 2,", "one two"],
          max_tokens: 4,
          echo: true,
        };
        const { choices, usage } = await openai.completions.create(asked);
        assert.deepEqual(
          choices.map(({ index }) => index),
          [0, 1],
        );
        assert.ok(choices[1]?.text.startsWith("one two") === true);
        assert.ok((usage?.completion_tokens ?? 0) > 2);
        let text = "";
        const stream = await openai.completions.create({
          model,
          prompt: "count from 1 to 9\n1, 2,",
          max_tokens: 4,
          stream: true,
        });
        for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
        assert.ok(text.length > 0);
      },
    ],
    [
      "embeddings",
      async () => {
        const input = Array.from({ length: 40 }, (_, index) => `text ${index} about a worker`);
        const { data, usage } = await openai.embeddings.create({ model, input });
        assert.deepEqual(
          data.map(({ index }) => index),
          [...input.keys()],
        );
        assert.ok(usage.prompt_tokens > input.length && usage.prompt_tokens === usage.total_tokens);
        const [float] = (
          await openai.embeddings.create({
            model,
            input: "text 0 about a worker",
            encoding_format: "float",
          })
        ).data;
        const near = (data[0]?.embedding ?? []).every(
          (value, index) => Math.abs(value - (float?.embedding[index] ?? 9)) < 1e-6,
        );
        assert.ok(near && float?.embedding.length === data[0]?.embedding.length);
      },
    ],
  ];
}

function responsesChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "responses",
      async () => {
        const response = await openai.responses.create({
          model,
          input: "Say hello",
          instructions: "Be kind.",
        });
        assert.ok(response.output_text.length > 0);
        assert.equal(response.status, "completed");
        assert.ok((response.usage?.input_tokens ?? 0) > 0);
        const cut = await openai.responses.create({
          model,
          input: "Tell me a story about a cat",
          max_output_tokens: 4,
        });
        assert.equal(cut.incomplete_details?.reason, "max_output_tokens");
      },
    ],
    [
      "responses, streamed",
      async () => {
        const stream = openai.responses.stream({ model, input: "Say hello" });
        let told = "";
        stream.on("response.output_text.delta", ({ delta }) => (told += delta));
        const response = await stream.finalResponse();
        assert.ok(told.length > 0);
        assert.equal(response.output_text, told);
      },
    ],
  ];
}

function responseShapeChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "responses: tools",
      async () => {
        const tool = { type: "function" as const, strict: false, ...weatherTool };
        const tool_choice = { type: "function" as const, name: "weather" };
        const first = await openai.responses.create({
          model,
          input: [cityQuestion],
          tools: [tool],
          tool_choice,
        });
        const call = first.output.find((item) => item.type === "function_call");
        assert.ok(call?.name === "weather");
        const output = {
          type: "function_call_output" as const,
          call_id: call.call_id,
          output: "It is sunny.",
        };
        const last = await openai.responses.create({
          model,
          input: [cityQuestion, call, output],
          tools: [tool],
        });
        assert.ok(last.output_text.length > 0);
        const streamed = await openai.responses
          .stream({ model, input: [cityQuestion], tools: [tool], tool_choice })
          .finalResponse();
        assert.ok(
          streamed.output.some((item) => item.type === "function_call" && item.arguments !== ""),
        );
      },
    ],
    [
      "responses: structured output",
      async () => {
        const format = {
          type: "json_schema" as const,
          name: "person",
          schema: person,
          strict: true,
        };
        const input = "Return JSON with name and age: Bob is 42";
        const { output_text: text } = await openai.responses.create({
          model,
          input,
          text: { format },
        });
        assert.deepEqual(namesIn(text), ["name", "age"]);
      },
    ],
    [
      "responses: previous_response_id",
      async () => {
        const asked = openai.responses.create({
          model,
          input: "a",
          previous_response_id: "resp_1",
        });
        const { code, param } = await refusalOf(asked);
        assert.deepEqual([code, param], ["capability_missing", "previous_response_id"]);
        return "refused: `capability_missing`";
      },
    ],
  ];
}

function refusalChecks(openai: OpenAI): readonly Check[] {
  return [
    [
      "log-probabilities, images",
      async () => {
        const image = [
          { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } },
        ];
        const shown = [{ role: "user" as const, content: image }];
        const refused: readonly (readonly [OpenAI.ChatCompletionCreateParams, string])[] = [
          [{ model, messages, logprobs: true }, "logprobs"],
          [{ model, messages: shown }, "messages[0].content[0]"],
        ];
        for (const [asked, param] of refused) {
          const error = await refusalOf(openai.chat.completions.create(asked));
          assert.deepEqual(
            [error.status, error.code, error.param],
            [400, "capability_missing", param],
          );
        }
        return "refused: `capability_missing`, as this model's engine has neither";
      },
    ],
    [
      "errors",
      async () => {
        const unknown = await refusalOf(
          openai.chat.completions.create({ model: "no-such", messages }),
        );
        assert.ok(unknown instanceof NotFoundError && unknown.code === "model_unknown");
        const bad = await refusalOf(openai.chat.completions.create({ model, messages: [] }));
        assert.ok(bad instanceof BadRequestError && bad.param === "messages");
      },
    ],
  ];
}
