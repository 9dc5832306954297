// No model: words made from the prompt, the same on every worker, so that a test can have many and kill them.

import { type ChatRequest, CocoonError, primitives, toHex, utf8 } from "@cocoon/protocol";
import type { Engine, EngineEvent, EngineLoad, RunOptions } from "@cocoon/services";
import { modelName } from "./harness.ts";

/** What becomes of a run: asked before the first word and after each. */
export type AtWord = (run: ScriptedRun, words: number) => Promise<void> | void;

export type ScriptedRun = { readonly requestId: string; readonly signal: AbortSignal };

const wordCount = 6;

/** What the scripted engine answers to a prompt. */
export function scriptedAnswer(prompt: string): string {
  return scriptedWords(prompt).join("");
}

function scriptedWords(prompt: string): readonly string[] {
  const digest = toHex(primitives.sha256(utf8(prompt)));
  return Array.from({ length: wordCount }, (_, word) => `${digest.slice(8 * word, 8 * word + 8)} `);
}

export class ScriptedEngine implements Engine {
  readonly models = [{ id: modelName, contextTokens: 512, capabilities: [] }];
  /** Request ids in the order in which they were begun, and those that came to their end. */
  readonly begun: string[] = [];
  readonly finished = new Set<string>();
  readonly #atWord: AtWord;
  readonly #slots: number;
  #active = 0;
  #isClosed = false;

  constructor(slots: number, atWord: AtWord = () => undefined) {
    this.#slots = slots;
    this.#atWord = atWord;
  }

  async *run(
    request: ChatRequest,
    { requestId, signal }: RunOptions,
  ): AsyncGenerator<EngineEvent, void, void> {
    this.begun.push(requestId);
    this.#active += 1;
    try {
      const words = scriptedWords(promptOf(request));
      for (const [index, text] of words.entries()) {
        await this.#atWord({ requestId, signal }, index);
        if (signal.aborted) throw new CocoonError("cancelled");
        if (this.#isClosed) throw new CocoonError("engine_unavailable");
        yield { type: "delta", text };
      }
      this.finished.add(requestId);
      const usage = { promptTokens: 10, completionTokens: words.length };
      yield { type: "finish", reason: "stop", usage };
    } finally {
      this.#active -= 1;
    }
  }

  load(): EngineLoad {
    return { active: this.#active, queued: 0, slots: this.#slots };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }
}

function promptOf({ messages }: ChatRequest): string {
  const content = messages.at(-1)?.content;
  return typeof content === "string" ? content : "";
}
