// A mock engine in a process of its own: OpenAI's API with answers that are always the same: a stream of half as many chunks
// as it may have tokens, at once or with a pause before each chunk (50 are 7.6 KB); whole where no stream is asked for:
// node mock-engine.ts [PAUSE_MS]

import { JsonReader } from "@cocoon/protocol";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { sayPort } from "./say-port.ts";

const pauseMs = Number(process.argv[2] ?? "0");
const model = "mock";

function chunk(delta: object, finish: string | null): string {
  const body = {
    id: "mock",
    object: "chat.completion.chunk",
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}

function usageOf(chunks: number): object {
  return { prompt_tokens: 20, completion_tokens: chunks, total_tokens: chunks + 20 };
}

function eventsOf(chunks: number): string[] {
  const usage = usageOf(chunks);
  return [
    ...Array.from({ length: chunks - 1 }, () => chunk({ content: " word" }, null)),
    chunk({}, "stop"),
    `data: ${JSON.stringify({ id: "mock", object: "chat.completion.chunk", created: 1, model, choices: [], usage })}\n\n`,
    "data: [DONE]\n\n",
  ];
}

function wholeOf(chunks: number): string {
  const message = { role: "assistant", content: " word".repeat(chunks - 1) };
  return JSON.stringify({
    id: "mock",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: usageOf(chunks),
  });
}

const models = JSON.stringify({ object: "list", data: [{ id: model, object: "model" }] });

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => (body += text));
  request.once("end", () => {
    if (request.url?.endsWith("/models") === true) {
      response.setHeader("content-type", "application/json");
      response.end(models);
      return;
    }
    const asked = new JsonReader(JSON.parse(body), "request_malformed");
    const chunks = Math.floor(asked.uint("max_tokens") / 2);
    const isStream = asked.unknown("stream") === true;
    response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
    if (isStream) void stream(response, eventsOf(chunks));
    else response.end(wholeOf(chunks));
  });
});

async function stream(response: ServerResponse, events: readonly string[]): Promise<void> {
  for (const event of events) {
    if (pauseMs > 0) await setTimeout(pauseMs);
    response.write(event);
  }
  response.end();
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => sayPort(server));
