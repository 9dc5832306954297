// A mock engine in a process of its own: OpenAI's API with an answer that is always the same, as a stream of 50 chunks, 7.6 KB,
// at once or with a pause before each chunk, or whole where no stream is asked for: node mock-engine.ts [PAUSE_MS]

import { createServer, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { sayPort } from "./say-port.ts";

const chunkCount = 50;
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

const usage = { prompt_tokens: 20, completion_tokens: chunkCount, total_tokens: chunkCount + 20 };
const events = [
  ...Array.from({ length: chunkCount - 1 }, () => chunk({ content: " word" }, null)),
  chunk({}, "stop"),
  `data: ${JSON.stringify({ id: "mock", object: "chat.completion.chunk", created: 1, model, choices: [], usage })}\n\n`,
  "data: [DONE]\n\n",
];
const whole = JSON.stringify({
  id: "mock",
  object: "chat.completion",
  created: 1,
  model,
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: " word".repeat(chunkCount - 1) },
      finish_reason: "stop",
    },
  ],
  usage,
});
const models = JSON.stringify({ object: "list", data: [{ id: model, object: "model" }] });

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => (body += text));
  request.once("end", () => {
    const isStream = body.includes('"stream":true');
    response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
    if (isStream) void answer(response);
    else response.end(request.url?.endsWith("/models") === true ? models : whole);
  });
});
async function answer(response: ServerResponse): Promise<void> {
  for (const event of events) {
    if (pauseMs > 0) await setTimeout(pauseMs);
    response.write(event);
  }
  response.end();
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => sayPort(server));
