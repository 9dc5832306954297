// The engine of both workers: OpenAI's API with words made from the prompt, the same every time, so that an answer can be
// told whole from one that lost or doubled a word. It can be slow, break, and lie.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export const backendModel = "scripted";

/** What an engine does besides its work. */
export type Mood =
  | "honest"
  | "slow"
  | "breaks"
  | "garbled"
  | "refuses"
  | "overcounts"
  | "undercounts"
  | "endless";

export const badMoods = [
  "slow",
  "breaks",
  "garbled",
  "refuses",
  "overcounts",
  "undercounts",
  "endless",
] as const satisfies readonly Mood[];

const wordCount = 12;
const promptTokens = 20;
const wordMs = 15;
const slowWordMs = 150;

/** What an endless engine says after its answer; it counts none of it, which is its owner's loss. */
const extraWords = 400;

/** The whole answers to a prompt: that of an honest engine, and that of an endless one. */
export function answersTo(prompt: string, canary: string): readonly string[] {
  const answer = wordsOf(prompt, canary).join("");
  return [answer, answer + `${canary} `.repeat(extraWords)];
}

function wordsOf(prompt: string, canary: string): readonly string[] {
  const digest = createHash("sha256").update(prompt).digest("hex");
  const words = Array.from(
    { length: wordCount - 1 },
    (_, word) => `${digest.slice(5 * word, 5 * word + 5)} `,
  );
  return [`${canary} `, ...words];
}

export class Backend {
  mood: Mood = "honest";
  /** Answers that were given in each mood. */
  readonly answered = new Map<Mood, number>();
  readonly #canary: string;
  readonly #server: Server;

  private constructor(canary: string) {
    this.#canary = canary;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async open(canary: string): Promise<Backend> {
    const backend = new Backend(canary);
    backend.#server.listen({ host: "127.0.0.1", port: 0 });
    await once(backend.#server, "listening");
    return backend;
  }

  get baseUrl(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new RangeError("not listening");
    return `http://127.0.0.1:${address.port}/v1`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") {
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ object: "list", data: [{ id: backendModel, object: "model" }] }),
      );
      return;
    }
    const asked = readAsked(await readBody(request));
    // A worker that starts asks for a greeting: it would not start on what follows.
    const mood = asked.prompt === "Hi" ? "honest" : this.mood;
    this.answered.set(mood, (this.answered.get(mood) ?? 0) + 1);
    await this.#answer(asked, mood, response);
  }

  async #answer({ prompt, tokensMax }: Asked, mood: Mood, response: ServerResponse): Promise<void> {
    if (mood === "refuses") {
      response.writeHead(500).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const all = wordsOf(prompt, this.#canary);
    const words = all.slice(0, tokensMax);
    for (const [index, content] of words.entries()) {
      if (mood === "breaks" && index === 5) {
        response.destroy();
        return;
      }
      if (mood === "garbled" && index === 5) response.write('data: {"choices":[{"delta":\n\n');
      await this.#say(response, { content }, mood);
    }
    const extraCount = mood === "endless" ? extraWords : 0;
    for (let extra = 0; extra < extraCount; extra += 1) {
      await this.#say(response, { content: `${this.#canary} ` }, mood);
    }
    response.write(chunkOf({}, words.length < all.length ? "length" : "stop"));
    response.write(usageChunk(countIn(mood, words.length)));
    response.end("data: [DONE]\n\n");
  }

  async #say(response: ServerResponse, delta: object, mood: Mood): Promise<void> {
    response.write(chunkOf(delta, null));
    const ms = mood === "slow" ? slowWordMs : mood === "endless" ? 1 : wordMs;
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }
}

type Asked = { readonly prompt: string; readonly tokensMax: number };

function countIn(mood: Mood, count: number): number {
  if (mood === "overcounts") return 1_000_000;
  return mood === "undercounts" ? 0 : count;
}

function readAsked(text: string): Asked {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the worker's own words
  const body = JSON.parse(text) as {
    readonly messages: readonly { readonly content: string }[];
    readonly max_tokens?: number;
    readonly max_completion_tokens?: number;
  };
  return {
    prompt: body.messages.at(-1)?.content ?? "",
    tokensMax: body.max_completion_tokens ?? body.max_tokens ?? wordCount,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const piece of request) text += String(piece);
  return text;
}

function chunkOf(delta: object, finish: string | null): string {
  return eventOf({ choices: [{ index: 0, delta, finish_reason: finish }] });
}

function usageChunk(count: number): string {
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: count,
    total_tokens: promptTokens + count,
  };
  return eventOf({ choices: [], usage });
}

function eventOf(parts: object): string {
  const head = { id: "scripted", object: "chat.completion.chunk", created: 1, model: backendModel };
  return `data: ${JSON.stringify({ ...head, ...parts })}\n\n`;
}
