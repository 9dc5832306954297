// Vectors from a backend: OpenAI's answer, and what backends make of it.

import {
  CocoonError,
  type EmbeddingRequest,
  JsonReader,
  type JsonObject,
  parseUsage,
} from "@cocoon/protocol";
import type { Embeddings } from "./engine.ts";
import { ofLengthOne } from "./vector.ts";

/** As many numbers as a vector may have on its way to a client. */
const dimensionsMax = 16_384;

/** The request for a backend that calls the model by its own name. */
export function encodeEmbeddingRequest(model: string, { inputs }: EmbeddingRequest): JsonObject {
  // Not base64, which half of them take: older ones send an array of numbers all the same.
  return { model, input: inputs, encoding_format: "float" };
}

/**
 * Reads a backend's answer. Throws engine_failed when it is not one vector for each input, and usage_missing when it
 * does not count: LM Studio writes zeros.
 */
export function readEmbeddings(value: unknown, inputCount: number): Embeddings {
  const json = new JsonReader(value, "engine_failed");
  const vectors: Float32Array[] = [];
  for (const [place, item] of json.objects("data", inputCount).entries()) {
    const index = item.has("index") ? item.uint("index", inputCount - 1) : place;
    vectors[index] = ofLengthOne(
      Float32Array.from(item.array("embedding", dimensionsMax), numberOf),
    );
  }
  // Holes are where an index came twice.
  if (Object.keys(vectors).length !== inputCount) throw failed("not a vector for each input");
  if (vectors.some((vector) => vector.length !== vectors[0]?.length))
    throw failed("uneven vectors");
  const counted = json.has("usage") ? json.object("usage").unknownFields() : {};
  const usage = parseUsage({ ...counted, completion_tokens: 0 });
  if (usage === undefined || usage.promptTokens === 0) throw new CocoonError("usage_missing");
  return { vectors, usage: { promptTokens: usage.promptTokens, completionTokens: 0 } };
}

function numberOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw failed("not a number");
  return value;
}

function failed(reason: string): CocoonError {
  return new CocoonError("engine_failed", { reason });
}
