import {
  type ChatRequest,
  CocoonError,
  type ErrorCode,
  type ErrorDetails,
  parseChatRequest,
} from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Burst, ProxySession, RunningAnswer, Wish } from "../session/index.ts";
import type { Question } from "./answer.ts";
import { ChatAnswer } from "./chat-answer.ts";

const request = parseChatRequest({ model: "m", messages: [{ role: "user", content: "hello" }] });
const question: Question = {
  model: "ab".repeat(32),
  tier: "dev",
  tokensMax: 10,
  body: new Uint8Array(),
  needs: [{ capability: "tools", param: "tools" }],
};

/** What becomes of one attempt. */
type Attempt = {
  readonly worker?: string;
  /** Words before its end. */
  readonly words?: readonly string[];
  /** How it ends; absent: as it should. */
  readonly failure?: CocoonError;
  /** Whether the proxy refuses it, before there is a worker. */
  readonly isRefused?: boolean;
  /** Whether the connection to the proxy goes with it. */
  readonly isLost?: boolean;
};

const refusal = (code: ErrorCode, details?: ErrorDetails): CocoonError =>
  new CocoonError(code, details);
const refusedWith = (code: ErrorCode, details?: ErrorDetails): Attempt => {
  return { failure: refusal(code, details), isRefused: true };
};

function chunkOf(content: string | undefined, reason: "stop" | null): string {
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
  const delta = content === undefined ? { role: "assistant" } : { content };
  return JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: reason }] });
}

function usageChunk(): string {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
  return JSON.stringify({ ...head, choices: [], usage });
}

type ChatOfOptions = { readonly asked?: ChatRequest; readonly signal?: AbortSignal };

/** A chat whose attempts end as told, one after the other, and what was seen of it. */
function chatOf(
  attempts: readonly Attempt[],
  { asked: body = request, signal }: ChatOfOptions = {},
) {
  const left = [...attempts];
  const asked: (readonly string[])[] = [];
  const announced: (string | undefined)[] = [];
  const pauses: number[] = [];
  let paid = 0;
  const session = (): ProxySession => {
    const attempt = left.shift() ?? {};
    let isOpen = true;
    const events = async function* (): AsyncGenerator<Burst<string>> {
      yield [chunkOf(undefined, null)];
      for (const word of attempt.words ?? []) yield [chunkOf(word, null)];
      isOpen = attempt.isLost !== true;
      if (attempt.failure !== undefined) throw attempt.failure;
      yield [chunkOf("", "stop")];
      yield [usageChunk()];
    };
    const running = { events, opened: [attempt.worker ?? "w"], request: `r${asked.length + 1}` };
    const fake = {
      get isOpen() {
        return isOpen;
      },
      ask: ({ excluded, announcedAs }: Wish) => {
        asked.push(excluded);
        announced.push(announcedAs);
        isOpen = attempt.isLost !== true;
        if (attempt.isRefused === true)
          return Promise.reject(attempt.failure ?? refusal("internal"));
        // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
        return Promise.resolve(running as unknown as RunningAnswer);
      },
      paySoon: () => (paid += 1),
    };
    // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
    return fake as unknown as ProxySession;
  };
  const modules = {
    session: () => Promise.resolve(session()),
    policy: () => Promise.reject(refusal("internal")),
    tier: "dev" as const,
    pause: (delayMs: number, pausing?: AbortSignal) => {
      pauses.push(delayMs);
      return pausing?.aborted === true ? Promise.reject(new Error("aborted")) : Promise.resolve();
    },
  };
  const chat = new ChatAnswer(modules, body, { ...question, ...(signal && { signal }) });
  return { chat, asked, announced, pauses, paid: () => paid };
}

async function wordsOf(chat: ChatAnswer): Promise<string[]> {
  const words: string[] = [];
  for await (const { choices } of chat.chunks()) {
    const word = choices[0]?.delta.content;
    if (typeof word === "string" && word !== "") words.push(word);
  }
  return words;
}

const good: Attempt = { words: ["hello", "you"] };

test("chunks() is not tried again for what the table says not to, nor after its first words", async () => {
  for (const code of ["capability_missing", "balance_insufficient", "price_above_cap"] as const) {
    const { chat, asked } = chatOf([refusedWith(code), good]);
    await assert.rejects(wordsOf(chat), { code });
    assert.equal(asked.length, 1);
  }
  const spoken = chatOf([{ words: ["hel"], failure: refusal("peer_unreachable") }, good], {
    asked: { ...request, temperature: 0.7 },
  });
  await assert.rejects(wordsOf(spoken.chat), { code: "peer_unreachable" });
  assert.equal(spoken.asked.length, 1);
  assert.equal(spoken.paid(), 0);
});

test("chunks() goes on after its first words when the request gives the same words each time", async () => {
  const cut = { words: ["hel"], failure: refusal("peer_unreachable"), worker: "dead" };
  const seeded = { ...request, temperature: 0.7, seed: 1 };
  for (const asked of [request, seeded]) {
    const chat = chatOf([cut, { words: ["h", "ello", "you"] }], { asked });
    assert.deepEqual(await wordsOf(chat.chat), ["hel", "lo", "you"]);
    assert.deepEqual(chat.asked, [[], ["dead"]]);
    assert.equal(chat.paid(), 1);
  }
});

test("chunks() says answer_diverged when the other worker's words are not those that came, or fewer", async () => {
  const cut = { words: ["hel"], failure: refusal("peer_unreachable") };
  for (const words of [["hallo"], ["he"], []]) {
    const { chat, paid } = chatOf([cut, { words }]);
    await assert.rejects(wordsOf(chat), { code: "answer_diverged" });
    assert.equal(paid(), 0);
  }
});

test("a session that a worker has forgotten is no failure of the worker: it is asked again", async () => {
  const { chat, asked } = chatOf([{ failure: refusal("session_unknown") }, good]);
  assert.deepEqual(await wordsOf(chat), good.words);
  assert.deepEqual(asked, [[], []]);
});

test("a session that can't be had is waited for once", async () => {
  const { chat, asked } = chatOf([]);
  const modules = {
    session: () => Promise.reject(refusal("peer_unreachable")),
    policy: () => Promise.reject(refusal("internal")),
    tier: "dev" as const,
    pause: () => assert.fail("it was waited for already"),
  };
  const away = new ChatAnswer(modules, request, question);
  await assert.rejects(away.completion(), { code: "peer_unreachable" });
  assert.deepEqual(await wordsOf(chat), []);
  assert.equal(asked.length, 1);
});

test("what no engine can do is refused with the part of the request that asks for it", async () => {
  const { chat, asked } = chatOf([refusedWith("capability_missing", { capability: "tools" })]);
  await assert.rejects(chat.completion(), (error: unknown) => {
    return error instanceof CocoonError && error.details["param"] === "tools";
  });
  assert.equal(asked.length, 1);
});

test("a worker that fails before its first words is excluded, and so is one that was refused by name", async () => {
  const { chat, asked, pauses } = chatOf([
    { worker: "a", failure: refusal("engine_failed") },
    refusedWith("key_config_expired", { worker: "b" }),
    good,
  ]);
  assert.deepEqual(await wordsOf(chat), ["hello", "you"]);
  assert.deepEqual(asked, [[], ["a"], ["a", "b"]]);
  assert.deepEqual(pauses, []);
});

test("no worker is blamed for a connection that was lost", async () => {
  const failure = refusal("peer_unreachable");
  const { chat, asked, pauses } = chatOf([{ worker: "a", failure, isLost: true }, good]);
  await wordsOf(chat);
  assert.deepEqual(asked, [[], []]);
  assert.deepEqual(pauses, []);
});

test("capacity is asked for again after longer and longer, and from everybody", async () => {
  const { chat, asked, pauses } = chatOf([
    { worker: "a", failure: refusal("engine_failed") },
    refusedWith("no_worker"),
    good,
  ]);
  await wordsOf(chat);
  assert.deepEqual(asked, [[], ["a"], []]);
  assert.deepEqual(pauses, [1_000]);
  for (const code of ["no_worker", "queue_full", "rate_limited", "stopping"] as const) {
    const full = chatOf([refusedWith(code), refusedWith(code), refusedWith(code), good]);
    await assert.rejects(wordsOf(full.chat), { code });
    assert.deepEqual(full.pauses, [500, 1_000]);
  }
});

test("when nobody is left but who failed, the failure is told", async () => {
  const { chat } = chatOf([
    refusedWith("quote_malformed", { worker: "a" }),
    refusedWith("tcb_out_of_date", { worker: "b" }),
    refusedWith("no_worker"),
  ]);
  await assert.rejects(wordsOf(chat), { code: "tcb_out_of_date" });
});

test("completion() is tried again even after words, because none has reached the application", async () => {
  const { chat, asked, paid } = chatOf([
    { worker: "a", words: ["half"], failure: refusal("peer_unreachable") },
    good,
  ]);
  const completion = await chat.completion();
  assert.equal(completion.choices[0]?.message.content, "helloyou");
  assert.deepEqual(asked, [[], ["a"]]);
  assert.equal(paid(), 1);
});

test("who has left is not served again", async () => {
  const leaving = new AbortController();
  leaving.abort();
  const { chat, asked } = chatOf([refusedWith("no_worker"), good], { signal: leaving.signal });
  await assert.rejects(chat.completion(), { code: "no_worker" });
  assert.equal(asked.length, 1);
});

test("who leaves while capacity is waited for gets cancelled, and no other error", async () => {
  const leaving = new AbortController();
  const { asked } = chatOf([]);
  const modules = {
    session: () =>
      // oxlint-disable-next-line no-unsafe-type-assertion -- what a chat uses of it
      Promise.resolve({
        isOpen: true,
        ask: () => Promise.reject(refusal("no_worker")),
      } as unknown as ProxySession),
    policy: () => Promise.reject(refusal("internal")),
    tier: "dev" as const,
    pause: () => {
      leaving.abort();
      return Promise.reject(new Error("aborted"));
    },
  };
  const chat = new ChatAnswer(modules, request, { ...question, signal: leaving.signal });
  await assert.rejects(chat.completion(), { code: "cancelled" });
  assert.deepEqual(asked, []);
});

test("chunks() tells a request that goes on with a stream under which id the application knows it", async () => {
  const failure = refusal("peer_unreachable");
  const { chat, announced } = chatOf(
    [
      { failure },
      { words: ["one"], failure, isLost: true },
      { failure },
      { words: ["one", "two"] },
    ],
    { asked: { ...request, temperature: 0 } },
  );
  await assert.rejects(wordsOf(chat), { code: "peer_unreachable" });
  assert.deepEqual(announced, [undefined, undefined, "r2"]);
});
