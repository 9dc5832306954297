// What an opened request asks for, and how the engine's answer is told.

import {
  type ChatRequest,
  ChunkWriter,
  CocoonError,
  type EmbeddingRequest,
  encodeEmbedding,
  encodeEmbeddingUsage,
  JsonReader,
  parseChatRequest,
  parseCompletionRequest,
  parseEmbeddingRequest,
  parseJson,
  textOf,
} from "@cocoon/protocol";
import { chatDeltaOf, type Engine, type EngineFinish, type RunOptions } from "../engine/index.ts";

export type TaskRun = {
  readonly engine: Engine;
  readonly options: RunOptions;
  readonly startedAtMs: number;
  /** Takes the next event of the answer; resolves when there is room for another. */
  readonly emit: (event: string) => Promise<void>;
};

/** Runs a request on an engine and tells what it says, event after event. Throws what the engine throws. */
export type Task = (run: TaskRun) => Promise<EngineFinish>;

/** By the API's path: how its request is read. */
const tasks: ReadonlyMap<
  string,
  (body: unknown) => { readonly model: string; readonly task: Task }
> = new Map([
  ["/v1/chat/completions", (body: unknown) => chatTask(parseChatRequest(body))],
  ["/v1/completions", (body: unknown) => chatTask(parseCompletionRequest(body))],
  ["/v1/embeddings", (body: unknown) => embeddingTask(parseEmbeddingRequest(body))],
]);

/** What a client asks of the engine, and beside it. */
export type Asked = {
  readonly task: Task;
  /** Whether the client wants the token ids, to open them to somebody. */
  readonly wantsTokenIds: boolean;
};

/**
 * Reads JSON {path, body, tokenIds}: the API's path, its request, and true for a client that wants token ids. Throws
 * request_malformed, route_unknown or model_unknown.
 */
export function readAsked(bytes: Uint8Array, served: string): Asked {
  const text = textOf(bytes);
  if (text === undefined) throw new CocoonError("request_malformed", { reason: "not UTF-8" });
  const json = new JsonReader(parseJson(text, "request_malformed"), "request_malformed");
  const read = tasks.get(json.string("path", 128));
  if (read === undefined) throw new CocoonError("route_unknown");
  const { model, task } = read(json.unknown("body"));
  if (model !== served) throw new CocoonError("model_unknown", { param: "model" });
  return { task, wantsTokenIds: json.has("tokenIds") && json.boolean("tokenIds") };
}

/** Completions are told in the chunks of a chat too: whoever asked knows which it was. */
function chatTask(request: ChatRequest): { readonly model: string; readonly task: Task } {
  const { model } = request;
  return {
    model,
    task: async ({ engine, options, startedAtMs, emit }) => {
      const writer = new ChunkWriter({
        id: `chatcmpl-${options.requestId}`,
        created: Math.floor(startedAtMs / 1_000),
        model,
      });
      const say = (chunk: object): Promise<void> => emit(JSON.stringify(chunk));
      await say(writer.opening());
      for await (const event of engine.run(request, options)) {
        if (event.type === "delta") {
          await say(writer.delta(chatDeltaOf(event), event.logprobs));
          continue;
        }
        await say(writer.finish(event.reason));
        await say(writer.usage(event.usage));
        return event;
      }
      throw new CocoonError("engine_failed", { reason: "no finish" });
    },
  };
}

function embeddingTask(request: EmbeddingRequest): { readonly model: string; readonly task: Task } {
  return {
    model: request.model,
    task: async ({ engine, options, emit }) => {
      if (engine.embed === undefined) {
        throw new CocoonError("capability_missing", { capability: "embeddings" });
      }
      const { vectors, usage } = await engine.embed(request, options);
      for (const [index, vector] of vectors.entries()) await emit(encodeEmbedding(index, vector));
      await emit(encodeEmbeddingUsage(usage));
      return { type: "finish", reason: "stop", usage };
    },
  };
}
