import {
  type ChatChunk,
  CocoonError,
  doneText,
  EventReader,
  type JsonObject,
  type ListedModel,
  parseChunk,
  parseCompletionChunk,
  parseJson,
  parseModelList,
  textOf,
} from "@cocoon/protocol";
import { refusalBy, refusalIn } from "./backend-refusal.ts";
import {
  type BackendRequest,
  type BackendResponse,
  exchange,
  type Exchange,
} from "./http-exchange.ts";

export type HttpBackendOptions = {
  /** With its path, such as `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Prompts are plain text on this hop, so only this host is let in unless this is set. */
  readonly allowRemote?: boolean | undefined;
  /** How it is asked. Default: over HTTP, with connections that are kept. */
  readonly fetch?: Exchange | undefined;
};

/** Chunks of an answer, those together that came together. */
export type ChunkStream = AsyncGenerator<Iterable<ChatChunk>, void, void>;

type Streamed = {
  readonly body: JsonObject;
  readonly signal: AbortSignal;
  readonly parse: typeof parseChunk;
};

/** As much of a refusal is read as it takes to classify it. */
const refusalBytesMax = 8_192;
const modelListBytesMax = 2 ** 20;
/** 2,048 vectors of 1,024 numbers are 40 MB. */
const embeddingsBytesMax = 128 * 2 ** 20;

/** A server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, Ollama, LM Studio. */
export class HttpBackend {
  readonly #baseUrl: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Exchange;

  /** Throws option_invalid for a URL that is not http(s), or not on this host. */
  constructor(options: HttpBackendOptions) {
    const url = URL.parse(options.baseUrl);
    if (url === null || !["http:", "https:"].includes(url.protocol)) {
      throw new CocoonError("option_invalid", { option: "baseUrl", reason: "not an http URL" });
    }
    if (options.allowRemote !== true && !isLoopback(url.hostname)) {
      throw new CocoonError("option_invalid", { option: "baseUrl", reason: "not on this host" });
    }
    this.#baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#headers =
      options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` };
    this.#fetch = options.fetch ?? exchange;
  }

  /** The models it lists; undefined when it has no such list. */
  async models(signal: AbortSignal): Promise<readonly ListedModel[] | undefined> {
    const response = await this.#request("/models", { signal });
    if (!response.ok) {
      const refusal = await refusalOf(response);
      if (response.status === 404) return undefined;
      throw refusal;
    }
    const text = await readText(response, modelListBytesMax, signal);
    return parseModelList(parseJson(text, "engine_failed"), "engine_failed");
  }

  /**
   * Streams an answer until the backend says that it is done or ends: the chunks that came together, each read as it is
   * taken. Leaving early closes the connection.
   */
  chat(body: JsonObject, signal: AbortSignal): ChunkStream {
    return this.#stream("/chat/completions", { body, signal, parse: parseChunk });
  }

  /** Streams what follows a text, as chat() does an answer. */
  complete(body: JsonObject, signal: AbortSignal): ChunkStream {
    return this.#stream("/completions", { body, signal, parse: parseCompletionChunk });
  }

  /** The vectors of texts, as the backend writes them. */
  async embeddings(body: JsonObject, signal: AbortSignal): Promise<unknown> {
    const response = await this.#post("/embeddings", body, signal);
    const text = await readText(response, embeddingsBytesMax, signal);
    return eventOf(text);
  }

  async *#stream(path: string, { body, signal, parse }: Streamed): ChunkStream {
    const response = await this.#post(path, body, signal);
    if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
      const text = await readText(response, refusalBytesMax, signal);
      throw refusalIn(parseJson(text, "engine_failed")) ?? failed("not a stream");
    }
    const reader = new EventReader("engine_failed");
    for await (const bytes of readBytes(response, signal)) {
      const texts = reader.read(bytes);
      const end = texts.indexOf(doneText);
      yield chunksOf(end < 0 ? texts : texts.slice(0, end), parse);
      if (end >= 0) return;
    }
    const last = reader.end().filter((text) => text !== doneText);
    yield chunksOf(last, parse);
  }

  async #post(path: string, body: JsonObject, signal: AbortSignal): Promise<BackendResponse> {
    const response = await this.#request(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream, application/json",
      },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  async #request(path: string, init: BackendRequest): Promise<BackendResponse> {
    try {
      const headers = { ...this.#headers, ...init.headers };
      return await this.#fetch(this.#baseUrl + path, { ...init, headers });
    } catch (cause) {
      if (init.signal.aborted) throw new CocoonError("cancelled");
      throw new CocoonError("engine_unavailable", {}, { cause });
    }
  }
}

function* chunksOf(
  texts: readonly string[],
  parse: Streamed["parse"],
): Generator<ChatChunk, void, void> {
  for (const text of texts) yield parse(eventOf(text), "engine_failed");
}

function eventOf(text: string): unknown {
  const value = parseJson(text, "engine_failed");
  const refusal = refusalIn(value);
  if (refusal !== undefined) throw refusal;
  return value;
}

/** What comes, until the connection breaks: then throws engine_failed, or cancelled when that was asked for. */
async function* readBytes(
  { body }: Pick<BackendResponse, "body">,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (body !== null) yield* body;
  } catch {
    throw signal.aborted ? new CocoonError("cancelled") : failed("connection broke");
  }
}

/** A whole answer as text. Throws engine_failed when it is longer, and cancelled. */
export async function readText(
  response: Pick<BackendResponse, "body">,
  sizeBytesMax: number,
  signal: AbortSignal,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const bytes of readBytes(response, signal)) {
    sizeBytes += bytes.length;
    if (sizeBytes > sizeBytesMax) throw failed("too long");
    pieces.push(bytes);
  }
  return textOf(Buffer.concat(pieces)) ?? "";
}

async function refusalOf(response: BackendResponse): Promise<CocoonError> {
  const text = await readText(response, refusalBytesMax, neverAborted()).catch(() => "");
  return refusalBy(response.status, text, response.headers.get("retry-after"));
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.test(hostname);
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

function failed(reason: string): CocoonError {
  return new CocoonError("engine_failed", { reason });
}
