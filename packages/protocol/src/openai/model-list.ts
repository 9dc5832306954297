import { JsonReader } from "../codec/index.ts";
import type { ErrorCode } from "../errors/index.ts";

export type ListedModel = {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly ownedBy: string;
  readonly contextTokens?: number | undefined;
};

export type ModelListBody = {
  readonly object: "list";
  readonly data: readonly {
    readonly id: string;
    readonly object: "model";
    readonly created: number;
    readonly owned_by: string;
    /** As vLLM names it; OpenAI has no such field. */
    readonly max_model_len?: number | undefined;
  }[];
};

/** The body of `GET /v1/models`. */
export function encodeModelList(models: readonly ListedModel[]): ModelListBody {
  return {
    object: "list",
    data: models.map((model) => ({
      id: model.id,
      object: "model",
      created: model.created,
      owned_by: model.ownedBy,
      max_model_len: model.contextTokens,
    })),
  };
}

const modelsMax = 10_000;

/** Reads a backend's `GET /v1/models`. Throws the caller's code when it is not a list. */
export function parseModelList(value: unknown, code: ErrorCode): readonly ListedModel[] {
  return new JsonReader(value, code).objects("data", modelsMax).map((model) => ({
    id: model.string("id"),
    created: model.has("created") ? model.int("created") : 0,
    ownedBy: model.has("owned_by") ? model.string("owned_by") : "",
    contextTokens: model.has("max_model_len") ? model.uint("max_model_len") : undefined,
  }));
}
