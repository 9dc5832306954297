// An inference server that answers as the engines do, and can be made to fail as they do. It runs no model.

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

export const backendModel = "fake-model";

export type FakeBackend = {
  readonly baseUrl: string;
  /** Tokens are counted in its streams. */
  reportsUsage: boolean;
  /** Connections are cut as soon as they ask anything. */
  isAway: boolean;
  readonly close: () => Promise<void>;
};

export async function startFakeBackend(): Promise<FakeBackend> {
  const server = createServer((request, response) => {
    request.resume();
    if (backend.isAway) request.socket.destroy();
    else if (request.url === "/v1/models") sendModels(response);
    else if (request.url === "/v1/chat/completions") sendAnswer(response, backend.reportsUsage);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const backend: FakeBackend = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    reportsUsage: true,
    isAway: false,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return backend;
}

function sendModels(response: ServerResponse): void {
  const data = [{ id: backendModel, object: "model", created: 1, owned_by: "nobody" }];
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ object: "list", data }));
}

function sendAnswer(response: ServerResponse, reportsUsage: boolean): void {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const head = { id: "1", object: "chat.completion.chunk", created: 1, model: backendModel };
  const choice = (delta: object, finish: string | null) => {
    return { ...head, choices: [{ index: 0, delta, finish_reason: finish }] };
  };
  const chunks = [
    choice({ role: "assistant", content: "Good" }, null),
    choice({ content: " day" }, "stop"),
    ...(reportsUsage ? [{ ...head, choices: [], usage }] : []),
  ];
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end("data: [DONE]\n\n");
}
