// Engines as recorded, or as their documentation has them: each file in recordings/ says which, and where from.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isDeepStrictEqual } from "node:util";

export type RecordedExchange = {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The fields of the request's body that tell this exchange from others of the path. */
  readonly asks?: Readonly<Record<string, unknown>>;
  readonly answer: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** An answer of one JSON text. */
    readonly json?: unknown;
    /** A stream's events: JSON values, and the text of the last. */
    readonly events?: readonly unknown[];
    /** A stream as it came, where its wording matters. */
    readonly pieces?: readonly string[];
    /** The connection breaks after the last of them. */
    readonly breaks?: boolean;
  };
  /** What an adapter has to make of it, for exchanges that are answers. */
  readonly expects?: Expected;
};

/** An answer, or the code of the refusal. */
export type Expected = {
  readonly code?: string;
  readonly text?: string;
  readonly reasoning?: string;
  readonly reason?: string;
  readonly toolCalls?: readonly unknown[];
  /** The tokens that have any. */
  readonly logprobs?: readonly string[];
  readonly usage?: Readonly<Record<string, number>>;
  readonly vectors?: readonly (readonly number[])[];
  readonly promptTokens?: number;
};

export type Recording = {
  readonly engine: string;
  readonly version: string;
  /**
   * `recorded` from the engine itself, byte for byte; or `documented`: put together from the types and examples of the
   * sources, because the engine could not be had.
   */
  readonly made: "recorded" | "documented";
  readonly sources: readonly string[];
  readonly exchanges: readonly RecordedExchange[];
};

export const recordingNames = ["vllm", "sglang", "llama-server", "ollama", "lmstudio"] as const;

export type RecordingName = (typeof recordingNames)[number];

export function readRecording(name: RecordingName): Recording {
  const url = new URL(`recordings/${name}.json`, import.meta.url);
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own file
  return JSON.parse(readFileSync(url, "utf8")) as Recording;
}

/** What a recorded engine was asked. */
export type Asked = { readonly path: string; readonly body: unknown; readonly signal: AbortSignal };

/** A `fetch` that answers at ports as recordings do, and refuses the connection at all others. */
export function replayingFetch(
  engines: ReadonlyMap<number, Recording>,
  asked: Asked[] = [],
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const recording = engines.get(Number(url.port));
    if (recording === undefined) throw new TypeError("fetch failed");
    const text = await request.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    asked.push({ path: url.pathname, body, signal: request.signal });
    const exchange = exchangeOf(recording, { method: request.method, path: url.pathname, body });
    return exchange === undefined
      ? Response.json({ detail: "Not Found" }, { status: 404 })
      : responseOf(exchange, request.signal);
  };
}

/** The first exchange whose path and fields are those of a request. */
export function exchangeOf(
  { exchanges }: Recording,
  {
    method,
    path,
    body,
  }: { readonly method: string; readonly path: string; readonly body: unknown },
): RecordedExchange | undefined {
  return exchanges.find(
    (exchange) =>
      exchange.method === method &&
      exchange.path === path &&
      Object.entries(exchange.asks ?? {}).every(([name, value]) =>
        isDeepStrictEqual(fieldOf(body, name), value),
      ),
  );
}

function fieldOf(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  return Object.entries(body).find(([key]) => key === name)?.[1];
}

/** A stream's pieces as they go over the wire. */
export function piecesOf({ answer }: RecordedExchange): readonly string[] | undefined {
  if (answer.events === undefined) return answer.pieces;
  return answer.events.map((event) => {
    const text = typeof event === "string" ? event : JSON.stringify(event);
    return `data: ${text}\n\n`;
  });
}

/** Pieces come one by one, so that a reader which leaves early leaves some unread. */
function responseOf(exchange: RecordedExchange, signal: AbortSignal): Response {
  const { status, headers = {}, json, breaks } = exchange.answer;
  const pieces = piecesOf(exchange);
  if (pieces === undefined) return Response.json(json, { status, headers });
  const encoder = new TextEncoder();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = pieces[next];
      next += 1;
      if (signal.aborted) controller.error(new DOMException("aborted", "AbortError"));
      else if (piece !== undefined) controller.enqueue(encoder.encode(piece));
      else if (breaks === true) controller.error(new TypeError("terminated"));
      else controller.close();
    },
  });
  return new Response(body, { status, headers });
}

/** A recorded engine as a server of its own, and what it was asked. */
export type RecordedServer = {
  readonly port: number;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
};

/** Serves a recording on a port of this host, until it is closed. */
export async function serveRecording(recording: Recording): Promise<RecordedServer> {
  const asked: Asked[] = [];
  const replay = replayingFetch(new Map([[0, recording]]), asked);
  const server = createServer((request, response) => {
    void answerAs(replay, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answerAs(
  replay: typeof globalThis.fetch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const { method = "GET", url = "/" } = request;
  const body = method === "POST" ? { body: Buffer.concat(pieces) } : {};
  const answer = await replay(`http://127.0.0.1:0${url}`, { method, ...body });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  try {
    for await (const piece of answer.body ?? []) response.write(piece);
    response.end();
  } catch {
    response.destroy();
  }
}
