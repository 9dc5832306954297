import assert from "node:assert/strict";
import { test } from "node:test";
import { baseUrl, createFetch } from "./fetch.ts";

const url = `${baseUrl}/chat/completions`;

/** A body that never ends by itself. */
function endless(onCancel: () => void): Response {
  const first = new TextEncoder().encode("data: 1\n\n");
  return new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(first),
      cancel: onCancel,
    }),
    { headers: { "x-cocoon-receipt": "00" } },
  );
}

test("createFetch() rejects with the signal's reason, before the response and within its body", async () => {
  const never = createFetch(() => new Promise(() => undefined));
  const reason = new DOMException("enough", "AbortError");
  await assert.rejects(never(url, { signal: AbortSignal.abort(reason) }), { name: "AbortError" });
  const waiting = new AbortController();
  const asked = never(url, { signal: waiting.signal });
  waiting.abort();
  await assert.rejects(asked, { name: "AbortError" });

  const reading = new AbortController();
  const streaming = createFetch(() => Promise.resolve(endless(() => undefined)));
  const { body } = await streaming(url, { signal: reading.signal });
  const reader = body?.getReader();
  assert.ok((await reader?.read())?.value !== undefined);
  const next = reader?.read();
  reading.abort();
  await assert.rejects(next ?? Promise.resolve(), { name: "AbortError" });
});

test("createFetch() leaves the answer when the reader does", async () => {
  let left = 0;
  const streaming = createFetch(() => Promise.resolve(endless(() => (left += 1))));
  const response = await streaming(url);
  await response.body?.cancel();
  assert.equal(left, 1);
});

test("createFetch() gives the API what was asked, whatever the host, and its answer back", async () => {
  const asked: string[] = [];
  const answering = createFetch(async (request) => {
    const text = await request.text();
    asked.push(`${request.method} ${new URL(request.url).pathname} ${text}`);
    return Response.json({ ok: true }, { status: 201, headers: { "x-cocoon-receipt": "00" } });
  });
  const options = { method: "POST", body: "{}" };
  for (const other of [url, "https://api.example/v1/chat/completions"]) {
    const response = await answering(other, options);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-cocoon-receipt"), "00");
    assert.deepEqual(await response.json(), { ok: true });
  }
  await answering(new Request(url, options));
  assert.deepEqual(asked, Array(3).fill("POST /v1/chat/completions {}"));
});
