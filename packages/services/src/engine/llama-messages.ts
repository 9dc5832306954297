// What the engine and its child say to each other over Node's IPC with `advanced` serialization.

import type {
  ChatFinishReason,
  ChatMessage,
  ErrorCode,
  ErrorDetails,
  Usage,
} from "@cocoon/protocol";

/** What llama.cpp can be built for besides the processor. */
export type GpuKind = "cuda" | "metal" | "vulkan";

/** `auto` is the fastest that is installed and works here, else the processor; `none` is the processor. */
export type GpuChoice = GpuKind | "auto" | "none";

/** How the child loads the model: its first message. */
export type LoadOrder = {
  readonly type: "load";
  readonly modelPath: string;
  readonly gpu: GpuChoice;
  readonly slots: number;
  /** Undefined: what the model was trained for, at most contextTokensDefaultMax. */
  readonly contextTokens: number | undefined;
  /** Undefined: the child finds out. */
  readonly threads: number | undefined;
};

/** A conversation for the model's template, or a text as it is. */
export type PromptSource = readonly ChatMessage[] | string;

export type EmbedOrder = {
  readonly type: "embed";
  readonly id: number;
  readonly inputs: readonly string[];
  /** All inputs together. */
  readonly tokensPaid: number | undefined;
};

export type RunOrder = {
  readonly type: "run";
  readonly id: number;
  readonly prompt: PromptSource;
  /** What the request asks for; it must fit the context. */
  readonly tokensAsked: number | undefined;
  /** What is paid for, prompt and answer together; the answer just ends there. */
  readonly tokensPaid: number | undefined;
  readonly temperature: number;
  readonly topP: number;
  /** 31 bits. */
  readonly seed: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  readonly stop: readonly string[];
  /** GBNF. */
  readonly grammar: string | undefined;
  readonly cacheScope: string | undefined;
};

export type ToChild =
  | LoadOrder
  | RunOrder
  | EmbedOrder
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "count"; readonly id: number; readonly prompt: PromptSource };

export type Loaded = {
  readonly type: "loaded";
  /** Undefined: the processor. */
  readonly gpu: GpuKind | undefined;
  readonly contextTokens: number;
  readonly threads: number;
};

/** One thing that happened to a request. All but progress and deltas are its last. */
export type ChildEvent =
  /** A piece of a long prompt is evaluated: the child is alive. */
  | { readonly kind: "progress"; readonly id: number }
  | {
      readonly kind: "delta";
      readonly id: number;
      readonly text: string;
      readonly tokenIds: readonly number[];
    }
  | {
      readonly kind: "finish";
      readonly id: number;
      readonly reason: ChatFinishReason;
      readonly usage: Usage;
      readonly promptTokenIds: readonly number[];
      readonly answerTokenIds: readonly number[];
    }
  | {
      readonly kind: "embedded";
      readonly id: number;
      /** One for each input. */
      readonly vectors: readonly Float32Array[];
      readonly promptTokens: number;
    }
  | { readonly kind: "counted"; readonly id: number; readonly promptTokens: number }
  | {
      readonly kind: "refused";
      readonly id: number;
      readonly code: ErrorCode;
      readonly details: ErrorDetails;
    };

/** Whether nothing follows for the event's request. */
export function isLast(event: ChildEvent): boolean {
  return event.kind !== "progress" && event.kind !== "delta";
}

export type FromChild =
  | Loaded
  | { readonly type: "events"; readonly events: readonly ChildEvent[] };
