// Embeddings: texts in, vectors out. The request is OpenAI's; the events in which a worker answers are ours.

import { toBase64 } from "../bytes/index.ts";
import { JsonReader, parseJson } from "../codec/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import type { Usage } from "../payment/index.ts";
import { encodeUsage, type UsageBody } from "./completion.ts";
import { Fields, malformed, unsupported } from "./fields.ts";
import { parseUsage } from "./parse-chunk.ts";
import { inputTokensBound } from "./prompt-bound.ts";

export type EmbeddingRequest = {
  readonly model: string;
  /** 1 to 2,048 texts, none empty. */
  readonly inputs: readonly string[];
  /** How the vectors are written in the HTTP answer. */
  readonly encoding: "float" | "base64";
};

const modelLengthMax = 256;
const inputsMax = 2_048;

/** Reads an embeddings request. Throws request_malformed, or capability_missing for tokens in place of texts and for `dimensions`. */
export function parseEmbeddingRequest(value: unknown): EmbeddingRequest {
  const fields = new Fields(value, "");
  const model = fields.name("model", modelLengthMax);
  if (fields.unknown("dimensions") !== undefined) throw unsupported("dimensions");
  const encoding = fields.text("encoding_format") ?? "float";
  if (encoding !== "float" && encoding !== "base64") {
    throw malformed("encoding_format", "must be float or base64");
  }
  return { model, inputs: parseInputs(fields), encoding };
}

function parseInputs(fields: Fields): readonly string[] {
  const input = fields.unknown("input");
  if (input === undefined) throw malformed("input", "is required");
  const inputs: readonly unknown[] =
    typeof input === "string" ? [input] : (fields.array("input", inputsMax) ?? []);
  if (inputs.length === 0) throw malformed("input", "must not be empty");
  if (typeof inputs[0] === "number" || Array.isArray(inputs[0])) throw unsupported("input");
  return inputs.map((text, index) => {
    if (typeof text !== "string" || text === "") {
      throw malformed(`input[${index}]`, "must be a string that is not empty");
    }
    return text;
  });
}

/** The most tokens that these texts can be, without knowing the tokenizer. */
export function embeddingTokensBound(inputs: readonly string[]): number {
  return inputs.reduce((total, input) => total + inputTokensBound(input), 0);
}

/** One event of a worker's answer: the vector of an input, or, last, the usage. */
export type EmbeddingEvent =
  | { readonly index: number; readonly vector: Float32Array }
  | { readonly usage: UsageBody };

const vectorBytesMax = 65_536;

/** The event's text. A vector is base64 of 32-bit floats, little-endian, as OpenAI's `encoding_format: base64`. */
export function encodeEmbedding(index: number, vector: Float32Array): string {
  return JSON.stringify({ object: "embedding", index, embedding: vectorToBase64(vector) });
}

export function encodeEmbeddingUsage(usage: Usage): string {
  return JSON.stringify({ object: "embedding.usage", usage: encodeUsage(usage) });
}

/** Reads an event of a worker's answer; throws the caller's code when it is none. */
export function readEmbeddingEvent(text: string, code: ErrorCode): EmbeddingEvent {
  const json = new JsonReader(parseJson(text, code), code);
  if (json.oneOf("object", ["embedding", "embedding.usage"]) === "embedding") {
    const bytes = json.base64("embedding", vectorBytesMax);
    return { index: json.uint("index", inputsMax), vector: vectorOf(bytes) };
  }
  const usage = parseUsage(json.unknown("usage"));
  if (usage === undefined) throw new CocoonError(code, { field: "usage" });
  return { usage: encodeUsage(usage) };
}

export function vectorToBase64(vector: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(4 * vector.length));
  for (const [index, value] of vector.entries()) bytes.setFloat32(4 * index, value, true);
  return toBase64(new Uint8Array(bytes.buffer));
}

function vectorOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    view.getFloat32(4 * index, true),
  );
}
