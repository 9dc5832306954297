// One request to a backend and its answer, over Node's own HTTP client: `fetch` and its web streams cost twice
// as much processor time for each answer.

import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

export type BackendRequest = {
  readonly method?: "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection, whatever has come by then. */
  readonly signal: AbortSignal;
};

/** What is read of an answer; a `Response` is one. */
export type BackendResponse = {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Throws when the connection breaks. Leaving it before its end closes the connection. */
  readonly body: AsyncIterable<Uint8Array> | null;
};

/** Asks once and follows no redirect. Rejects when no answer comes; `fetch` is one. */
export type Exchange = (url: string, request: BackendRequest) => Promise<BackendResponse>;

/** Python's servers close a connection that rests for 5 s, and say nothing of it: one that they may be closing is not used. */
const restMs = 4_000;
/** A machine that is away says nothing, and the system would wait for two minutes. */
const connectMs = 10_000;
/** A backend that is silent for so long is dead: even a long prompt is read by then. */
const silenceMs = 300_000;

const clients = {
  "http:": {
    request: requestHttp,
    agent: new HttpAgent({ keepAlive: true, timeout: restMs }),
  },
  "https:": {
    request: requestHttps,
    agent: new HttpsAgent({ keepAlive: true, timeout: restMs }),
  },
};

export const exchange: Exchange = (url, { method = "GET", headers, body, signal }) => {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const target = new URL(url);
    const { request, agent } = clients[target.protocol === "https:" ? "https:" : "http:"];
    const asked = request(target, {
      agent,
      method,
      timeout: silenceMs,
      headers: {
        ...headers,
        ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
      },
    });
    const close = (): void => void asked.destroy();
    // Not left to Node: aborted as its answer ends, it throws an error that nobody can catch.
    signal.addEventListener("abort", close);
    asked.once("close", () => {
      signal.removeEventListener("abort", close);
      // Not every connection that fails says so.
      reject(new Error("closed before it answered"));
    });
    asked.once("timeout", close);
    asked.once("socket", (socket) => {
      if (!socket.connecting) return;
      const late = setTimeout(close, connectMs);
      for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(late));
    });
    asked.on("error", reject);
    asked.once("response", (answer) => {
      // Whoever reads it is told; behind what is read it concerns nobody.
      answer.on("error", reject);
      resolve(responseOf(answer));
    });
    asked.end(body);
  });
};

function responseOf(answer: IncomingMessage): BackendResponse {
  const { statusCode: status = 0, headers } = answer;
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: {
      get: (name) => {
        const value = headers[name];
        return typeof value === "string" ? value : null;
      },
    },
    body: bytesOf(answer),
  };
}

async function* bytesOf(answer: IncomingMessage): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* answer.iterator({ destroyOnReturn: false });
  } finally {
    // One that has come whole needs no more than to end, and its connection serves the next request.
    if (answer.complete) answer.resume();
    else answer.destroy();
  }
}
