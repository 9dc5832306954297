// An answer that one worker began and another tells again from its beginning: the application hears each word once.

import { type ChatChunk, type ChatDelta, type ChatRequest, CocoonError } from "@cocoon/protocol";
import type { Teller } from "./answer.ts";

/** Texts that are told piece by piece, wherever the pieces are cut. */
const toldNames = ["content", "reasoning_content"] as const;
type Told = Record<(typeof toldNames)[number], string>;

const nothing: Told = { content: "", reasoning_content: "" };

/**
 * Gives what is new of each chunk. While one worker answers that is all of it, except that the chunk which only says who
 * speaks waits for the first words. After beginAnew() it is what goes beyond what was told before.
 */
export class Retelling implements Teller<ChatChunk> {
  readonly #isRepeatable: boolean;
  /** Id and time of the first chunk: to the application it stays one answer. */
  #head: Pick<ChatChunk, "id" | "created"> | undefined;
  readonly #told: Told = { ...nothing };
  /** Of the worker that answers now. */
  #heard: Told = { ...nothing };
  #opening: ChatChunk[] = [];
  #hasSpoken = false;
  #isPlain = true;

  constructor(request: ChatRequest) {
    this.#isRepeatable = isRepeatable(request);
  }

  /**
   * Whether another worker may answer: before the first words any time; after them when the same request gives the same
   * words, and only words were told.
   */
  get mayBeginAnew(): boolean {
    return !this.#hasSpoken || (this.#isRepeatable && this.#isPlain);
  }

  readonly beginAnew = (): void => {
    this.#heard = { ...nothing };
    this.#opening = [];
  };

  /** Throws answer_diverged when it is not what was told before. */
  readonly take = (chunk: ChatChunk): readonly ChatChunk[] => {
    this.#head ??= { id: chunk.id, created: chunk.created };
    if (isEmpty(chunk) && (!this.#hasSpoken || this.#isBehind)) {
      this.#opening.push(chunk);
      return [];
    }
    const fresh = this.#freshOf(chunk);
    if (fresh === undefined) return [];
    const opening = this.#hasSpoken ? [] : this.#opening;
    this.#opening = [];
    this.#hasSpoken = true;
    const head = this.#head;
    return [...opening, fresh].map((each) => ({ ...each, ...head }));
  };

  /** What waited for words that never came. */
  readonly end = (): readonly ChatChunk[] => {
    return this.#hasSpoken ? [] : this.#opening.splice(0);
  };

  /** Whether the worker that answers now has not told yet what was told before. */
  get #isBehind(): boolean {
    return toldNames.some((name) => this.#heard[name].length < this.#told[name].length);
  }

  /** The chunk less what was told before; undefined when nothing is left of it. */
  #freshOf(chunk: ChatChunk): ChatChunk | undefined {
    const wasBehind = this.#isBehind;
    const choices = chunk.choices.map((choice) => {
      const { refusal, tool_calls: toolCalls } = choice.delta;
      const isPlain =
        refusal === undefined && toolCalls === undefined && choice.logprobs === undefined;
      this.#isPlain &&= isPlain;
      if (wasBehind && !isPlain) diverged();
      return { ...choice, delta: this.#freshDelta(choice.delta) };
    });
    if (!wasBehind) return chunk;
    const fresh = { ...chunk, choices };
    const isEnd = choices.length === 0 || choices.some((choice) => choice.finish_reason !== null);
    if (isEnd && this.#isBehind) diverged();
    return !isEnd && isEmpty(fresh) ? undefined : fresh;
  }

  #freshDelta(delta: ChatDelta): ChatDelta {
    const fresh: { -readonly [Name in keyof ChatDelta]: ChatDelta[Name] } = { ...delta };
    for (const name of toldNames) {
      const text = delta[name];
      if (text === undefined) continue;
      const again = this.#told[name].slice(this.#heard[name].length).slice(0, text.length);
      if (!text.startsWith(again)) diverged();
      this.#heard[name] += text;
      fresh[name] = text.slice(again.length);
      this.#told[name] += fresh[name];
    }
    return fresh;
  }
}

/** The same request to the same model and engine gives the same words when nothing is drawn, or drawn from a seed. */
function isRepeatable({ temperature = 0, seed, logprobs }: ChatRequest): boolean {
  return (temperature === 0 || seed !== undefined) && !logprobs;
}

function diverged(): never {
  throw new CocoonError("answer_diverged");
}

function isEmpty({ choices }: ChatChunk): boolean {
  return choices.every(({ delta, finish_reason: reason }) => {
    const hasText = toldNames.some((name) => (delta[name] ?? "") !== "");
    return reason === null && !hasText && delta.tool_calls === undefined;
  });
}
