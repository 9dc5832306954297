// Asks a server on this host what it is. Nothing that a person wrote is sent.

import { CocoonError, parseJson } from "@cocoon/protocol";
import { readText } from "./http-backend.ts";
import { exchange, type Exchange } from "./http-exchange.ts";

export type EngineHostOptions = {
  /** Without a path: `http://127.0.0.1:8000`. */
  readonly rootUrl: string;
  readonly apiKey?: string | undefined;
  readonly fetch?: Exchange | undefined;
  readonly signal: AbortSignal;
};

/** What came back: JSON, or the status of a refusal. */
export type HostAnswer = { readonly status: number; readonly body: unknown };

/** SGLang's description of itself, with the state of each scheduler, is the longest. */
const answerBytesMax = 2 ** 20;

/** A server that may be an engine. */
export class EngineHost {
  readonly #options: EngineHostOptions;

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  get rootUrl(): string {
    return this.#options.rootUrl;
  }

  /** The JSON at a path; undefined when nobody answers, in time and with JSON, or with a status of success. */
  async json(path: string, body?: object): Promise<unknown> {
    const answer = await this.ask(path, body);
    return answer?.status === 200 ? answer.body : undefined;
  }

  /** What a path answers, with a refusal's status; undefined when nobody answers in time. */
  async ask(path: string, body?: object): Promise<HostAnswer | undefined> {
    const { rootUrl, apiKey, fetch = exchange, signal } = this.#options;
    try {
      const response = await fetch(rootUrl + path, {
        headers: {
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
        signal,
      });
      const text = await readText(response, answerBytesMax, signal);
      return { status: response.status, body: jsonOf(text) };
    } catch {
      return undefined;
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text, "engine_failed");
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}
