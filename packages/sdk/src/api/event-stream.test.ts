import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventStream } from "./event-stream.ts";

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

test("eventStream() ends with an event that says what went wrong, and with no [DONE]", async () => {
  const failing = async function* (error: Error): AsyncGenerator<object> {
    yield { index: 0 };
    throw error;
  };
  const refused = await textOf(eventStream(failing(new CocoonError("engine_failed"))));
  const [first, last, ...rest] = refused.split("\n\n");
  assert.equal(first, 'data: {"index":0}');
  assert.match(last ?? "", /^data: \{"error":\{.*"code":"engine_failed"/);
  assert.deepEqual(rest, [""]);
  const broken = await textOf(eventStream(failing(new TypeError("a secret"))));
  assert.match(broken, /"code":"internal"/);
  assert.ok(!broken.includes("secret"));
});

test("eventStream() writes every event, then [DONE]", async () => {
  const source = async function* (): AsyncGenerator<object> {
    yield { index: 0 };
    yield { index: 1 };
  };
  const text = await textOf(eventStream(source()));
  assert.equal(text, 'data: {"index":0}\n\ndata: {"index":1}\n\ndata: [DONE]\n\n');
});

test("eventStream() goes on after an event that has no words", async () => {
  const source = async function* (): AsyncGenerator<object> {
    yield { index: 0 };
    yield { index: 1 };
    yield { index: 2 };
  };
  const event = (value: object): string => ("index" in value && value.index === 2 ? "two" : "");
  const stream = eventStream(source(), { event, end: ".", failure: String });
  assert.equal(await textOf(stream), "two.");
});

test("eventStream() asks for no event before there is room for one", async () => {
  let asked = 0;
  const source = async function* (): AsyncGenerator<object> {
    for (;;) yield { index: asked++ };
  };
  const reader = eventStream(source()).getReader();
  await reader.read();
  await reader.read();
  assert.ok(asked <= 4);
  await reader.cancel();
});

test("eventStream() leaves its source when the reader goes, even in the middle of waiting", async () => {
  let left = 0;
  let fail: (error: Error) => void = () => undefined;
  const source = (): AsyncIterable<object> => ({
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<object>>((_resolve, reject) => {
          fail = reject;
        }),
      return: () => {
        left += 1;
        fail(new CocoonError("cancelled"));
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  });
  const reader = eventStream(source()).getReader();
  const reading = reader.read();
  await reader.cancel();
  assert.deepEqual(await reading, { done: true, value: undefined });
  assert.equal(left, 1);
});
