// What is known of each engine that speaks OpenAI's API, as data: where it listens and how it differs from the others.
// Where each fact comes from stands in the recordings that the tests replay: packages/services/testing/recordings.

import type { Capability } from "@cocoon/protocol";

/** The engines that the worker knows by name; `openai` is any other that speaks the same API. */
export type EngineKind = "vllm" | "sglang" | "llama.cpp" | "ollama" | "lmstudio" | "openai";

export type EngineRules = {
  /** As its makers write it. */
  readonly name: string;
  /** Where it listens unless told otherwise; undefined for `openai`. */
  readonly port: number | undefined;
  /** What its API can do with a model that can: the most that a worker may announce of it. */
  readonly capabilities: readonly Capability[];
  /** Requests that it runs at once when it does not say how many. It lines up what is over that by itself. */
  readonly slots: number;
  /**
   * How strangers are kept apart in its prompt cache: `salt` takes `cache_salt`, `off` can be told to reuse nothing
   * (`cache_prompt: false`), `shared` cannot be told anything.
   */
  readonly cache: "salt" | "off" | "shared";
  /** Bits of a seed that it keeps apart. llama.cpp, which is inside three of them, reads 32 set bits as "at random". */
  readonly seedBits: 31 | 53;
  /** Whether a prompt over its context gets an answer to a part of it, or an empty one, and nobody is told. */
  readonly losesLongPrompts: boolean;
  /** What it does not say of a model: whoever wants to know has to ask for it. */
  readonly unsaid: readonly ("embeddings" | "images" | "logprobs" | "tools")[];
};

const plain: readonly Capability[] = ["completions", "json_schema", "penalties"];
const whole: readonly Capability[] = [
  ...plain,
  "embeddings",
  "forced_tools",
  "images",
  "json_object",
  "logprobs",
  "tools",
];

export const engineRules: Readonly<Record<EngineKind, EngineRules>> = {
  vllm: {
    name: "vLLM",
    port: 8_000,
    capabilities: whole,
    slots: 64,
    cache: "salt",
    seedBits: 53,
    losesLongPrompts: false,
    unsaid: ["embeddings", "images", "logprobs", "tools"],
  },
  sglang: {
    name: "SGLang",
    port: 30_000,
    capabilities: whole,
    slots: 64,
    cache: "salt",
    seedBits: 53,
    losesLongPrompts: false,
    unsaid: ["logprobs"],
  },
  "llama.cpp": {
    name: "llama.cpp server",
    port: 8_080,
    capabilities: whole,
    slots: 4,
    cache: "off",
    seedBits: 31,
    losesLongPrompts: false,
    unsaid: ["embeddings", "logprobs"],
  },
  // Its OpenAI API passes tool_choice on to nobody: a demanded call may not be made.
  ollama: {
    name: "Ollama",
    port: 11_434,
    capabilities: [...plain, "embeddings", "images", "json_object", "logprobs", "tools"],
    slots: 1,
    cache: "shared",
    seedBits: 31,
    losesLongPrompts: true,
    unsaid: ["logprobs"],
  },
  // It refuses the format json_object, and takes no function's name as tool_choice.
  lmstudio: {
    name: "LM Studio",
    port: 1_234,
    capabilities: [...plain, "embeddings", "images", "tools"],
    slots: 1,
    cache: "shared",
    seedBits: 31,
    losesLongPrompts: true,
    unsaid: [],
  },
  openai: {
    name: "an OpenAI-compatible server",
    port: undefined,
    capabilities: whole,
    slots: 16,
    cache: "shared",
    seedBits: 53,
    losesLongPrompts: false,
    unsaid: ["embeddings", "logprobs", "tools"],
  },
};

/** Ollama's context when neither model nor owner chose one and the model is not loaded: its smallest default. */
export const ollamaContextTokens = 4_096;
