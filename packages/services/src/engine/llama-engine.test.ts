import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type ChatRequest,
  CocoonError,
  parseChatRequest,
  promptTokensBound,
} from "@cocoon/protocol";
import type { EngineEvent, EngineFinish, RunOptions } from "./engine.ts";
import { createLlamaEngine, type LlamaEngine } from "./llama-engine.ts";

const modelPath = fileURLToPath(
  new URL("../../../../models/cocoon-tiny/cocoon-tiny-3m-q8_0.gguf", import.meta.url),
);
const modelId = "cocoon-tiny";
const slots = 3;
const contextTokens = 512;
const story = "Tell me a story about a cat";

function ask(content: string, options: object = {}): ChatRequest {
  return parseChatRequest({ model: modelId, messages: [{ role: "user", content }], ...options });
}

/** Cannot end before 1,500 characters. */
const longText = { name: "long", schema: { type: "string", minLength: 1_500 } };
const long = ask(story, { response_format: { type: "json_schema", json_schema: longText } });

type Answer = {
  readonly text: string;
  readonly deltas: readonly EngineEvent[];
  readonly finish: EngineFinish;
};

async function answerOf(
  engine: LlamaEngine,
  request: ChatRequest,
  options: Partial<RunOptions> = {},
): Promise<Answer> {
  const events: EngineEvent[] = [];
  for await (const event of engine.run(request, {
    signal: neverAborted(),
    requestId: "r",
    ...options,
  })) {
    events.push(event);
  }
  const finish = events.at(-1);
  const deltas = events.slice(0, -1);
  assert.equal(finish?.type, "finish");
  assert.ok(deltas.every((event) => event.type === "delta"));
  return { text: deltas.map((delta) => delta.text).join(""), deltas, finish };
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

function hasCode(code: string): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof CocoonError, String(thrown));
    assert.equal(thrown.code, code);
    return true;
  };
}

/** Resolves when the condition holds; looks every other millisecond. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(2);
}

/** One engine for all tests below: a start costs more than a second. */
let engine: LlamaEngine;

suite("createLlamaEngine()", () => {
  before(async () => {
    engine = await createLlamaEngine({ modelPath, modelId, slots, queueMax: 8, contextTokens });
  });
  after(() => engine.close());
  refusals();
  answers();
  shapes();
  sharing();
  endings();
});

function refusals(): void {
  test("createLlamaEngine() says what it serves and that nothing runs", () => {
    const [model, ...others] = engine.models;
    assert.deepEqual([model?.id, model?.contextTokens, others], [modelId, contextTokens, []]);
    assert.deepEqual(engine.load(), { active: 0, queued: 0, slots });
  });

  test("run() refuses another model and what the model cannot do", async () => {
    const image = [{ type: "image_url", image_url: { url: "data:," } }];
    const json = { type: "json_schema", json_schema: { name: "x", schema: { not: {} } } };
    for (const [request, code] of [
      [{ model: "other" }, "model_unknown"],
      [{ messages: [{ role: "user", content: image }] }, "capability_missing"],
      [{ logprobs: true }, "capability_missing"],
      [{ response_format: json }, "capability_missing"],
    ] as const) {
      await assert.rejects(answerOf(engine, ask("hi", request)), hasCode(code));
    }
  });

  test("run() refuses a prompt over the context before it generates, and says both sizes", async () => {
    await assert.rejects(answerOf(engine, ask("word ".repeat(2_000))), (thrown) => {
      assert.ok(hasCode("context_too_long")(thrown) && thrown instanceof CocoonError);
      assert.equal(thrown.details["contextTokens"], contextTokens);
      assert.ok(Number(thrown.details["promptTokens"]) > contextTokens);
      return true;
    });
    const tooMuch = ask("hi", { max_tokens: contextTokens });
    await assert.rejects(answerOf(engine, tooMuch), hasCode("context_too_long"));
  });

  test("run() refuses a schema whose grammar leads back to itself", async () => {
    const schema = { anyOf: [{ $ref: "#" }, { type: "null" }] };
    const format = { type: "json_schema", json_schema: { name: "x", schema } };
    const request = ask("hi", { response_format: format });
    await assert.rejects(answerOf(engine, request), hasCode("capability_missing"));
  });
}

function answers(): void {
  test("run() streams the answer in pieces and counts its tokens exactly", async () => {
    const { text, deltas, finish } = await answerOf(engine, ask(story));
    assert.ok(deltas.length > 1);
    assert.ok(text.length > 40);
    assert.equal(finish.reason, "stop");
    assert.equal(finish.usage.promptTokens, finish.promptTokenIds?.length);
    assert.equal(finish.usage.completionTokens, finish.answerTokenIds?.length);
    assert.equal(finish.usage.cachedTokens, 0);
    const sent = deltas.flatMap((delta) => (delta.type === "delta" ? (delta.tokenIds ?? []) : []));
    assert.deepEqual(sent, finish.answerTokenIds?.slice(0, sent.length));
    assert.equal(await engine.countPromptTokens(ask(story)), finish.usage.promptTokens);
    assert.ok(finish.usage.promptTokens <= promptTokensBound(ask(story)));
  });

  test("run() keeps control tokens that a message spells as text", async () => {
    const plain = await engine.countPromptTokens(ask("hello"));
    const spelled = await answerOf(engine, ask("hello<|im_end|>"), {});
    assert.ok(spelled.finish.usage.promptTokens > plain + 1);
  });

  test("run() gives the same answer to the same request, and to the same seed", async () => {
    const greedy = await Promise.all([1, 2].map(() => answerOf(engine, ask(story))));
    assert.deepEqual(greedy[0]?.finish.answerTokenIds, greedy[1]?.finish.answerTokenIds);
    const seeded = (seed: number) => answerOf(engine, ask(story, { temperature: 1, seed }));
    const [first, again, other] = await Promise.all([seeded(7), seeded(7), seeded(-8)]);
    assert.deepEqual(first.finish.answerTokenIds, again.finish.answerTokenIds);
    assert.notDeepEqual(first.finish.answerTokenIds, other.finish.answerTokenIds);
    const narrow = await answerOf(engine, ask(story, { temperature: 1, seed: 7, top_p: 0 }));
    assert.deepEqual(narrow.finish.answerTokenIds, greedy[0]?.finish.answerTokenIds);
  });

  test("run() ends at max_tokens, and at what is paid for, with length", async () => {
    const short = await answerOf(engine, ask(story, { max_tokens: 5 }));
    assert.equal(short.finish.reason, "length");
    assert.equal(short.finish.usage.completionTokens, 5);
    const paid = await answerOf(engine, ask(story, { max_tokens: 9 }), {
      tokensMax: short.finish.usage.promptTokens + 4,
    });
    assert.equal(paid.finish.reason, "length");
    assert.equal(paid.finish.usage.completionTokens, 4);
    const unpaid = answerOf(engine, ask(story), { tokensMax: paid.finish.usage.promptTokens });
    await assert.rejects(unpaid, hasCode("context_too_long"));
  });

  test("run() ends before a stop text that spans tokens and lets none of it out", async () => {
    const { text } = await answerOf(engine, ask(story));
    const stop = text.slice(10, 24);
    const stopped = await answerOf(engine, ask(story, { stop: ["never said", stop] }));
    assert.equal(stopped.text, text.slice(0, text.indexOf(stop)));
    assert.equal(stopped.finish.reason, "stop");
  });

  test("run() applies penalties", async () => {
    const plain = await answerOf(engine, ask(story));
    const penalized = await answerOf(engine, ask(story, { frequency_penalty: 2 }));
    assert.notEqual(penalized.text, plain.text);
  });
}

function shapes(): void {
  test("run() writes nothing but JSON when asked, of the schema when there is one", async () => {
    const question = "Return JSON with name and age: Bob is 42";
    const object = await answerOf(
      engine,
      ask(question, { response_format: { type: "json_object" } }),
    );
    assert.match(JSON.stringify(JSON.parse(object.text)), /^\{.*\}$/);
    const schema = {
      type: "object",
      properties: {
        mood: { enum: ["sad", 'so "so"\\'] },
        names: { type: "array", items: { $ref: "#/$defs/name" }, minItems: 2, maxItems: 2 },
        rest: { anyOf: [{ type: "boolean" }, { type: ["integer", "null"] }] },
      },
      required: ["mood"],
      additionalProperties: false,
      $defs: { name: { type: "string", minLength: 1, maxLength: 4 } },
    };
    const format = { type: "json_schema", json_schema: { name: "x", schema, strict: true } };
    const shaped = await answerOf(engine, ask(question, { response_format: format }));
    assert.equal(shaped.finish.reason, "stop");
    const shape =
      /^\{"mood": ?("sad"|"so \\"so\\"\\\\"), ?"names": ?\["[^"]{1,8}", ?"[^"]{1,8}"\], ?"rest": ?(true|false|null|-?\d+)\}$/;
    assert.match(shaped.text, shape);
    JSON.parse(shaped.text);
  });
}

function sharing(): void {
  test("run() reuses what the same scope asked before, and nothing of another", async () => {
    const question = ask("What is a worker node? Please explain it to me in simple words.");
    const first = await answerOf(engine, question, { cacheScope: "a" });
    assert.equal(first.finish.usage.cachedTokens, 0);
    const again = await answerOf(engine, question, { cacheScope: "a" });
    assert.equal(again.finish.usage.cachedTokens, again.finish.usage.promptTokens - 1);
    assert.equal(again.text, first.text);
    for (const scope of ["b", undefined]) {
      const stranger = await answerOf(engine, question, { cacheScope: scope });
      assert.equal(stranger.finish.usage.cachedTokens, 0);
      assert.equal(stranger.text, first.text);
    }
  });

  test("run() answers more requests at once than it has slots, each as if alone", async () => {
    const questions = ["hi", "What is your name?", "what is 7 + 5?", "count from 1 to 9"];
    const alone: string[] = [];
    for (const question of questions) alone.push((await answerOf(engine, ask(question))).text);
    const runs = [...questions, ...questions].map((question) => answerOf(engine, ask(question)));
    await until(() => engine.load().active === slots);
    assert.deepEqual(engine.load(), { active: slots, queued: runs.length - slots, slots });
    const together = await Promise.all(runs);
    assert.deepEqual(
      together.map((answer) => answer.text),
      [...alone, ...alone],
    );
    assert.deepEqual(engine.load(), { active: 0, queued: 0, slots });
  });

  test("run() refuses who finds the line full", async () => {
    const runs = Array.from({ length: slots + 8 }, () => answerOf(engine, ask("hi")));
    await assert.rejects(answerOf(engine, ask("hi")), hasCode("queue_full"));
    await Promise.all(runs);
  });
}

function endings(): void {
  test("run() stops when it is cancelled, in line, at work, or left", async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, requestId: "r" };
    const runs = Array.from({ length: slots + 1 }, () => answerOf(engine, long, options));
    const results = Promise.allSettled(runs);
    await until(() => engine.load().active === slots);
    controller.abort();
    for (const result of await results) {
      assert.ok(result.status === "rejected" && hasCode("cancelled")(result.reason));
    }
    await until(() => engine.load().active === 0);
    assert.equal(engine.load().queued, 0);
    for await (const event of engine.run(long, { signal: neverAborted(), requestId: "r" })) {
      assert.equal(event.type, "delta");
      break;
    }
    await until(() => engine.load().active === 0);
    await assert.rejects(
      answerOf(engine, long, { signal: AbortSignal.abort() }),
      hasCode("cancelled"),
    );
  });

  test("run() fails when the child is killed; those in line and later ones are answered", async () => {
    const pid = engine.childPid ?? 0;
    const runs = Array.from({ length: slots }, () => answerOf(engine, long));
    const failed = Promise.allSettled(runs);
    await until(() => engine.load().active === slots);
    const waiting = answerOf(engine, ask("hi"));
    await until(() => engine.load().queued === 1);
    process.kill(pid, "SIGKILL");
    for (const result of await failed) {
      assert.ok(result.status === "rejected" && hasCode("engine_failed")(result.reason));
    }
    await assert.rejects(engine.countPromptTokens(ask("hi")), hasCode("engine_unavailable"));
    assert.ok((await waiting).text.length > 0);
    assert.notEqual(engine.childPid, pid);
    assert.deepEqual(engine.load(), { active: 0, queued: 0, slots });
  });
}

test("createLlamaEngine() throws engine_unavailable for a file that is no model", async () => {
  const options = { modelPath: fileURLToPath(import.meta.url), modelId, slots: 1 };
  await assert.rejects(createLlamaEngine(options), hasCode("engine_unavailable"));
});

suite("an engine at its end", () => {
  let ending: LlamaEngine;
  before(async () => {
    ending = await createLlamaEngine({ modelPath, modelId, slots: 1, stallTimeoutMs: 10_000 });
  });
  after(() => ending.close());

  test("run() fails when the child hangs, which is then replaced", async () => {
    const pid = ending.childPid ?? 0;
    process.kill(pid, "SIGSTOP");
    await assert.rejects(answerOf(ending, ask("hi")), hasCode("engine_failed"));
    assert.ok((await answerOf(ending, ask("hi"))).text.length > 0);
    assert.notEqual(ending.childPid, pid);
  });

  test("close() ends what runs, refuses what comes and leaves no process", async () => {
    const pid = ending.childPid ?? 0;
    const results = Promise.allSettled([answerOf(ending, long), answerOf(ending, ask("hi"))]);
    await until(() => ending.load().queued === 1);
    await ending.close();
    for (const result of await results) {
      assert.ok(result.status === "rejected" && hasCode("engine_unavailable")(result.reason));
    }
    await assert.rejects(answerOf(ending, ask("hi")), hasCode("engine_unavailable"));
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    await ending.close();
  });
});

test("the child ends when its parent is killed", async () => {
  const parent = spawn(process.execPath, [...process.execArgv, "--eval", orphanSource()], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  parent.stdout.setEncoding("utf8");
  let pid = "";
  for await (const text of parent.stdout) {
    pid = String(text);
    break;
  }
  parent.kill("SIGKILL");
  await until(() => isGone(Number(pid)));
});

/** A program that starts an engine, prints its child's process id and stays. */
function orphanSource(): string {
  const entry = JSON.stringify(new URL("llama-engine.ts", import.meta.url).href);
  const options = JSON.stringify({ modelPath, modelId, slots: 1 });
  return `import(${entry})
    .then(({ createLlamaEngine }) => createLlamaEngine(${options}))
    .then((engine) => process.stdout.write(String(engine.childPid)));`;
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
