// Several answers as the choices of one: each is asked, paid and receipted by itself.

import {
  aggregateChunks,
  type ChatChunk,
  type ChatCompletion,
  type ChatRequest,
  CocoonError,
  isUsageChunk,
  type UsageBody,
} from "@cocoon/protocol";
import type { ChatAnswer } from "../chat/index.ts";
import type { Burst } from "../session/index.ts";

/** More are more requests than one ought to be. */
export const choicesMax = 16;

/** One answer or several, told as one. */
export class Choices {
  readonly answers: readonly ChatAnswer[];

  /** At least one. */
  constructor(answers: readonly ChatAnswer[]) {
    this.answers = answers;
  }

  /** What was asked first; the others differ in nothing that an answer shows. */
  get request(): ChatRequest {
    const request = this.answers[0]?.request;
    if (request === undefined) throw new CocoonError("internal");
    return request;
  }

  /** All of it, a usage chunk last. */
  async whole(): Promise<readonly ChatChunk[]> {
    const all = await Promise.all(this.answers.map((answer) => answer.whole()));
    const merger = new Merger();
    return [
      ...all.flatMap((chunks, index) => chunks.flatMap((chunk) => merger.take(chunk, index))),
      ...merger.end(),
    ];
  }

  async completion(): Promise<ChatCompletion> {
    return aggregateChunks(await this.whole());
  }

  /**
   * Resolves when each has begun to answer, with all chunks as they come together, a usage chunk last. Until then a refusal of any
   * is thrown, so that it still is a plain HTTP error.
   */
  async open(): Promise<AsyncGenerator<Burst<ChatChunk>, void, undefined>> {
    const streams = this.answers.map((answer) => answer.bursts());
    const firsts = await Promise.all(streams.map((stream) => stream.next()));
    return mergedChunks(firsts, streams);
  }
}

type NextBurst = IteratorResult<Burst<ChatChunk>, void>;
type Next = { readonly index: number; readonly result: NextBurst };

async function* mergedChunks(
  firsts: readonly NextBurst[],
  streams: readonly AsyncGenerator<Burst<ChatChunk>, void, undefined>[],
): AsyncGenerator<Burst<ChatChunk>, void, undefined> {
  const merger = new Merger();
  const waiting = new Map<number, Promise<Next>>(
    firsts.map((result, index) => [index, Promise.resolve({ index, result })]),
  );
  while (waiting.size > 0) {
    const { index, result } = await Promise.race(waiting.values());
    waiting.delete(index);
    const stream = streams[index];
    if (result.done === true || stream === undefined) continue;
    waiting.set(index, nextOf(stream, index));
    const chunks = result.value.flatMap((chunk) => merger.take(chunk, index));
    if (chunks.length > 0) yield chunks;
  }
  const last = merger.end();
  if (last.length > 0) yield last;
}

async function nextOf(
  stream: AsyncGenerator<Burst<ChatChunk>, void, undefined>,
  index: number,
): Promise<Next> {
  return { index, result: await stream.next() };
}

/** Gives the chunks of all answers one head, each choice its index, and one usage: the sum of what is paid. */
class Merger {
  #head: Pick<ChatChunk, "id" | "object" | "created" | "model"> | undefined;
  readonly #usages: UsageBody[] = [];

  take(chunk: ChatChunk, index: number): ChatChunk[] {
    const { id, object, created, model } = chunk;
    this.#head ??= { id, object, created, model };
    if (chunk.usage !== undefined) this.#usages.push(chunk.usage);
    if (isUsageChunk(chunk)) return [];
    const choices = chunk.choices.map((choice) => ({ ...choice, index }));
    return [{ ...this.#head, choices }];
  }

  end(): ChatChunk[] {
    if (this.#head === undefined || this.#usages.length === 0) return [];
    return [{ ...this.#head, choices: [], usage: sumOf(this.#usages) }];
  }
}

/** A detail that one of them does not tell is not known of the sum. */
export function sumOf(usages: readonly UsageBody[]): UsageBody {
  const sum = (count: (usage: UsageBody) => number | undefined): number | undefined =>
    usages.reduce<number | undefined>((total, usage) => {
      const one = count(usage);
      return total === undefined || one === undefined ? undefined : total + one;
    }, 0);
  const cached = sum((usage) => usage.prompt_tokens_details?.cached_tokens);
  const reasoning = sum((usage) => usage.completion_tokens_details?.reasoning_tokens);
  return {
    prompt_tokens: sum((usage) => usage.prompt_tokens) ?? 0,
    completion_tokens: sum((usage) => usage.completion_tokens) ?? 0,
    total_tokens: sum((usage) => usage.total_tokens) ?? 0,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoning },
    }),
  };
}

/**
 * The requests that make the choices of one: each for one choice, and each with a seed of its own where there is one. What
 * is no count of choices is left to be refused.
 */
export function bodiesOf(body: unknown): readonly unknown[] {
  if (!isObject(body)) return [body];
  const { n, seed, ...one } = body;
  const isCount = typeof n === "number" && Number.isInteger(n) && n >= 1;
  if (!isCount) return [body];
  if (n > choicesMax) throw new CocoonError("capability_missing", { param: "n", max: choicesMax });
  return Array.from({ length: n }, (_, index) => {
    if (seed === undefined) return one;
    return { ...one, seed: typeof seed === "number" && index > 0 ? seed + index : seed };
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
