// Asking a gateway, as an application does.

import assert from "node:assert/strict";
import OpenAI, { APIConnectionError, APIError } from "openai";
import { modelName } from "./harness.ts";

/** What an OpenAI client learns from a refusal. */
export type Refusal = {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly type: string;
};

/** A request that any worker answers. */
export const goodRequest = {
  model: modelName,
  messages: [{ role: "user" as const, content: "Say hello" }],
  max_tokens: 8,
};

/** OpenAI's own client, unmodified; every failure reaches the test, because it does not try again by itself. */
export function openaiOf(gateway: { readonly port: number }): OpenAI {
  return new OpenAI({ baseURL: `${baseOf(gateway)}/v1`, apiKey: "none", maxRetries: 0 });
}

export function baseOf({ port }: { readonly port: number }): string {
  return `http://127.0.0.1:${port}`;
}

/** Posts anything at all to the chat route. */
export function post(
  gateway: { readonly port: number },
  body: string | Uint8Array | object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  return fetch(`${baseOf(gateway)}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: isRaw ? Buffer.from(body) : JSON.stringify(body),
  });
}

/** What a route of the gateway answers. The caller knows its shape, and asserts what it uses of it. */
export async function get<Body>(gateway: { readonly port: number }, path: string): Promise<Body> {
  const response = await fetch(`${baseOf(gateway)}${path}`);
  const body: unknown = await response.json();
  // oxlint-disable-next-line no-unsafe-type-assertion -- the gateway's own shape
  return body as Body;
}

/** The one error in a response, which must have OpenAI's shape and nothing else in it. */
export async function refusalIn(response: Response): Promise<Refusal> {
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  return refusalOf(response.status, await response.json());
}

/** Checks the shape of an error body. */
export function refusalOf(status: number, body: unknown): Refusal {
  assert.ok(typeof body === "object" && body !== null && "error" in body);
  assert.deepEqual(Object.keys(body), ["error"]);
  const { error } = body;
  assert.ok(typeof error === "object" && error !== null);
  assert.deepEqual(Object.keys(error).toSorted(), ["code", "message", "param", "type"]);
  // oxlint-disable-next-line no-unsafe-type-assertion -- its fields were just checked, their types follow
  const { code, message, param, type } = error as Refusal & { readonly message: string };
  assert.ok(typeof message === "string" && message.length > 0);
  assert.ok(typeof type === "string" && typeof code === "string");
  assert.ok(param === null || typeof param === "string");
  return { status, code, param, type };
}

/** What the promise is refused with, as OpenAI's client tells it. */
export async function refusalBy(promise: PromiseLike<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof APIError, String(error));
    if (error instanceof APIConnectionError) throw error;
    const { code, param, type } = error;
    const status: unknown = error.status;
    return {
      status: typeof status === "number" ? status : 0,
      code: code ?? null,
      param: param ?? null,
      type: type ?? "",
    };
  }
  assert.fail("it was answered");
}

/** The code of a refusal by OpenAI's client. */
export async function codeBy(promise: PromiseLike<unknown>): Promise<string | null> {
  return (await refusalBy(promise)).code;
}

/** The text of a streamed answer, to its end. */
export async function textOf(
  stream: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>,
): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}
