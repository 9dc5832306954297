// Records what a real engine answers, for packages/services/testing/recordings: the questions below, as the adapter asks
// them, with the answers as they came.
//
//   node --import tsx --conditions=source tools/record-engine.ts URL MODEL NAME VERSION
//
// URL with its /v1; NAME is the file's, such as llama-server. What an exchange `expects` is a reader's judgement: it is
// kept from the file that was there, by the exchange's name, and missing for new ones.

import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import {
  parseChatRequest,
  parseCompletionRequest,
  parseEmbeddingRequest,
  parseJson,
} from "@cocoon/protocol";
import {
  createHttpEngine,
  type Engine,
  type EngineKind,
  engineRules,
  probeHttpEngine,
} from "@cocoon/services";
import {
  readRecording,
  type RecordedExchange,
  type Recording,
  recordingNames,
} from "../packages/services/testing/recorded-engine.ts";

const [baseUrl = "", model = "", fileName = "", version = ""] = process.argv.slice(2);
const name = recordingNames.find((known) => known === fileName);
assert.ok(name !== undefined && version !== "", "URL MODEL NAME VERSION");

type Question = {
  readonly name: string;
  readonly path: "/v1/chat/completions" | "/v1/completions" | "/v1/embeddings";
  readonly asks: Readonly<Record<string, unknown>>;
};

const chat = "/v1/chat/completions";
const tool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather now",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const schema = {
  type: "object",
  properties: { name: { type: "string", maxLength: 12 } },
  required: ["name"],
  additionalProperties: false,
};
const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

function said(content: unknown): readonly unknown[] {
  return [{ role: "user", content }];
}

const questions: readonly Question[] = [
  { name: "a plain answer", path: chat, asks: { messages: said("Say hello."), temperature: 0 } },
  {
    name: "an answer that is cut",
    path: chat,
    asks: { messages: said("Count from 1 to 9."), temperature: 0, max_tokens: 3 },
  },
  {
    name: "a stop text",
    path: chat,
    asks: { messages: said("What is Cocoon?"), temperature: 0, stop: [" network"] },
  },
  {
    name: "logprobs",
    path: chat,
    asks: { messages: said("Say hi."), temperature: 0, max_tokens: 2, logprobs: true },
  },
  {
    name: "logprobs with the two likeliest",
    path: chat,
    asks: {
      messages: said("Say hi again."),
      temperature: 0,
      max_tokens: 2,
      logprobs: true,
      top_logprobs: 2,
    },
  },
  {
    name: "an object of a schema",
    path: chat,
    asks: {
      messages: said("My name is Ada. Answer in JSON."),
      temperature: 0,
      response_format: { type: "json_schema", json_schema: { name: "person", schema } },
    },
  },
  {
    name: "a call that was demanded of a model without a wording for calls",
    path: chat,
    asks: {
      messages: said("Weather in Oslo, please."),
      temperature: 0,
      max_tokens: 60,
      tools: [tool],
      tool_choice: "required",
    },
  },
  {
    name: "text that goes on",
    path: "/v1/completions",
    asks: { prompt: "1 2 3", temperature: 0, max_tokens: 4 },
  },
  {
    name: "a prompt over the context",
    path: chat,
    asks: { messages: said("very long ".repeat(400)) },
  },
  {
    name: "an image for a model that does not see",
    path: chat,
    asks: { messages: said([{ type: "image_url", image_url: { url: pixel } }]) },
  },
  {
    name: "no vectors from a model that generates",
    path: "/v1/embeddings",
    asks: { input: ["nothing"] },
  },
];

/** Takes down what is asked next, under this question; undefined: what describes the engine. */
let asking: Question | undefined;
const exchanges: RecordedExchange[] = [];

const recordingFetch: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const text = await response.text();
  const { headers, ok, status } = response;
  const path = new URL(new Request(input, init).url).pathname;
  if (init?.method === "POST") take("POST", asking, { headers, status, text });
  else if (ok && !exchanges.some((known) => known.path === path)) {
    take("GET", { name: path.slice(1), path }, { headers, status, text });
  }
  return new Response(text, { status, headers });
};

type Came = { readonly headers: Headers; readonly status: number; readonly text: string };

/** What the probe asks of the model is not taken down. */
function take(
  method: "GET" | "POST",
  question: Pick<RecordedExchange, "name" | "path" | "asks"> | undefined,
  { headers, status, text }: Came,
): void {
  if (question === undefined) return;
  const type = headers.get("content-type") ?? "";
  const answer = type.startsWith("text/event-stream")
    ? { status, headers: { "content-type": type }, pieces: text.split(/(?<=\n\n)/) }
    : { status, json: parseJson(text, "engine_failed") };
  exchanges.push({ ...question, method, answer });
}

async function ask(engine: Engine, { asks, path }: Question): Promise<void> {
  const options = { signal: new AbortController().signal, requestId: "r" };
  if (path === "/v1/embeddings") {
    await engine.embed?.(parseEmbeddingRequest({ model, ...asks }), options);
    return;
  }
  const parse = path === "/v1/completions" ? parseCompletionRequest : parseChatRequest;
  for await (const event of engine.run(parse({ model, ...asks }), options)) assert.ok(event);
}

const backend = { baseUrl, model, fetch: recordingFetch };
const { kind } = await probeHttpEngine(backend);
const engine = createHttpEngine({ ...backend, kind, capabilities: allOf(kind) });
for (const question of questions) {
  asking = question;
  // A refusal is an answer too; it is the recording that matters.
  await ask(engine, question).catch((error: unknown) => console.error(question.name, error));
}
await engine.close();

function allOf(found: EngineKind) {
  return engineRules[found].capabilities;
}

const path = new URL(`../packages/services/testing/recordings/${name}.json`, import.meta.url);
const before = existsSync(path) ? readRecording(name).exchanges : [];
const judged = exchanges.map((exchange) => {
  const expects = before.find((known) => known.name === exchange.name)?.expects;
  return expects === undefined ? exchange : { ...exchange, expects };
});
const recording: Recording = {
  engine: kind,
  version,
  made: "recorded",
  sources: ["tools/record-engine.ts against the engine itself"],
  exchanges: judged,
};
writeFileSync(path, `${JSON.stringify(recording, undefined, 2)}\n`);
