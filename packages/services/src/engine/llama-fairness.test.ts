// Many streams at once on one embedded engine, with a real model. Fairness is counted in tokens, never in seconds.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type ChatRequest, CocoonError, parseChatRequest } from "@cocoon/protocol";
import { createLlamaEngine, type LlamaEngine } from "./llama-engine.ts";

const modelPath = fileURLToPath(
  new URL("../../../../models/cocoon-tiny/cocoon-tiny-3m-q8_0.gguf", import.meta.url),
);
const modelId = "cocoon-tiny";
const streamCount = 64;
/** Of each stream, on average, between the moment at which all have begun and the one at which all are stopped. */
const windowTokens = 24;

/** Cannot end before 1,500 characters. */
function longRequest(index: number): ChatRequest {
  const schema = { type: "string", minLength: 1_500 };
  return parseChatRequest({
    model: modelId,
    messages: [{ role: "user", content: `Tell me story ${index} about a cat` }],
    response_format: { type: "json_schema", json_schema: { name: "long", schema } },
  });
}

/** A stream that runs until it is stopped, and how many tokens it has had. */
class Stream {
  tokens = 0;
  readonly ended: Promise<unknown>;
  readonly #controller = new AbortController();

  constructor(engine: LlamaEngine, index: number, onTokens: () => void) {
    this.ended = this.#read(engine, index, onTokens).catch((error: unknown) => error);
  }

  stop(): void {
    this.#controller.abort();
  }

  async #read(engine: LlamaEngine, index: number, onTokens: () => void): Promise<void> {
    const options = { signal: this.#controller.signal, requestId: String(index) };
    for await (const event of engine.run(longRequest(index), options)) {
      if (event.type !== "delta") continue;
      this.tokens += event.tokenIds?.length ?? 0;
      onTokens();
    }
  }
}

suite("an embedded engine with 64 streams at once", () => {
  let engine: LlamaEngine;
  before(async () => {
    const slots = streamCount;
    const stallTimeoutMs = 3_600_000;
    engine = await createLlamaEngine({
      modelPath,
      modelId,
      slots,
      contextTokens: 512,
      stallTimeoutMs,
    });
  });
  after(() => engine.close());

  test("run() starves none of them, and gives a slot that is cancelled to the next in line", async (context) => {
    const streams: Stream[] = [];
    let check = (): void => undefined;
    /** Resolves at the token with which a condition becomes true. */
    const until = (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        check = () => {
          if (condition()) resolve();
        };
        check();
      });
    for (let index = 0; index < streamCount; index += 1) {
      streams.push(new Stream(engine, index, () => check()));
    }
    await until(() => streams.every(({ tokens }) => tokens > 0));
    const begun = streams.map(({ tokens }) => tokens);
    const inWindow = (): number[] =>
      streams.map(({ tokens }, index) => tokens - (begun[index] ?? 0));
    await until(() => sum(inWindow()) >= streamCount * windowTokens);
    const counts = inWindow();
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    context.diagnostic(`tokens of a stream in the same window: ${least} to ${most}`);
    assert.ok(most < 2 * least, `${least} to ${most}`);

    const next = new Stream(engine, streamCount, () => check());
    await until(() => sum(inWindow()) >= streamCount * (windowTokens + 2));
    assert.deepEqual(engine.load(), { active: streamCount, queued: 1, slots: streamCount });
    assert.equal(next.tokens, 0);
    const cancelledAtMs = performance.now();
    const seen = sum(inWindow());
    const [cancelled, ...others] = streams;
    cancelled?.stop();
    await until(() => next.tokens > 0);
    const waitedMs = Math.round(performance.now() - cancelledAtMs);
    const meanwhile = (sum(inWindow()) - seen) / streamCount;
    context.diagnostic(
      `from the cancellation to the first token of the next: ${waitedMs} ms, ${meanwhile.toFixed(1)} tokens of each other`,
    );
    assert.ok(hasCode(await cancelled?.ended, "cancelled"));

    for (const stream of [...others, next]) stream.stop();
    for (const stream of [...others, next]) assert.ok(hasCode(await stream.ended, "cancelled"));
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof CocoonError && error.code === code;
}
