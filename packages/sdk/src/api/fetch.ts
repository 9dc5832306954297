// A fetch for clients of OpenAI's API that brings its own network: what they send is answered here, sealed and paid.

import type { Api } from "./api.ts";

/**
 * What to give a client as its base URL. The name never resolves (RFC 2606), so a client that is given the URL without
 * this fetch reaches nobody.
 */
export const baseUrl = "https://cocoon.invalid/v1";

/**
 * The `fetch` to hand to the `openai` package, the AI SDK and the like. Whatever the URL's host, its path is answered by
 * the API, and nothing is ever sent over HTTP: a base URL that is set wrong leaks no prompt. As with any fetch, an
 * aborted signal rejects with its reason, before the response and in the middle of its body.
 */
export function createFetch(api: Api): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const response = await unlessAborted(signal, api(request));
    return response.body === null ? response : abortable(response, response.body, signal);
  };
}

/** The response, whose body fails when the signal aborts. */
function abortable(
  response: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Response {
  const reader = body.getReader();
  const watched = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const next = await unlessAborted(signal, reader.read());
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const { status, headers } = response;
  return new Response(watched, { status, headers });
}

async function unlessAborted<Value>(signal: AbortSignal, value: Promise<Value>): Promise<Value> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(reasonOf(signal));
  });
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new DOMException("aborted", "AbortError");
}
