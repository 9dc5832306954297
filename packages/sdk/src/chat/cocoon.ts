// The SDK's front door: models, and answers that are verified, sealed, paid and receipted on the way.

import {
  type ChatRequest,
  CocoonError,
  embeddingTokensBound,
  type Nanotons,
  type Need,
  needsOf,
  parseChatRequest,
  parseCompletionRequest,
  parseEmbeddingRequest,
  promptTokensBound,
  type Tier,
  tierDefault,
  tierSatisfies,
  utf8,
} from "@cocoon/protocol";
import {
  changesAffecting,
  type ModelListing,
  type PendingChange,
  type RootPolicy,
} from "../chain/index.ts";
import type { AnswerOptions, Question } from "./answer.ts";
import { ChatAnswer } from "./chat-answer.ts";
import { EmbeddingAnswer } from "./embedding-answer.ts";
import type { CocoonModules } from "./modules.ts";

/** A model of the network's root contract. */
export type Model = ModelListing & {
  /** Hex; names the exact weights, tokenizer, template and engine. */
  readonly manifestHash: string;
};

export type Cocoon = {
  /** The models that the root contract lists now. */
  readonly models: () => Promise<readonly Model[]>;
  /**
   * A chat completion from the JSON of an OpenAI request. Nothing is sent before the answer is iterated. Throws
   * request_malformed, capability_missing or model_unknown.
   */
  readonly chat: (body: unknown, options?: AnswerOptions) => Promise<ChatAnswer>;
  /** What follows a text, from the JSON of a request of OpenAI's older API with one prompt. Otherwise as chat(). */
  readonly complete: (body: unknown, options?: AnswerOptions) => Promise<ChatAnswer>;
  /** Vectors of texts, from the JSON of an OpenAI embeddings request. Otherwise as chat(). */
  readonly embed: (body: unknown, options?: AnswerOptions) => Promise<EmbeddingAnswer>;
  /**
   * What is about to change of the model, or of the image that runs it, whose answer this is: the next first, none
   * before a worker was chosen. Throws policy_stale when that is not known any more.
   */
  readonly changesAhead: (answer: Pick<ChatAnswer, "running">) => Promise<readonly PendingChange[]>;
};

export function createCocoon(modules: CocoonModules): Cocoon {
  const ask = ({ request, ...asked }: ChatAsked): Promise<Question> =>
    questionOf(modules, {
      ...asked,
      model: request.model,
      needs: needsOf(request),
      tokensMax: promptTokensBound(request) + (request.tokensMax ?? Number.MAX_SAFE_INTEGER / 2),
    });
  return {
    models: async () => listModels(await modules.policy()),
    chat: async (body, options = {}) => {
      const request = parseChatRequest(body);
      const path = "/v1/chat/completions";
      return new ChatAnswer(modules, request, await ask({ request, path, body, options }));
    },
    complete: async (body, options = {}) => {
      const request = parseCompletionRequest(body);
      const path = "/v1/completions";
      return new ChatAnswer(modules, request, await ask({ request, path, body, options }));
    },
    embed: async (body, options = {}) => {
      const request = parseEmbeddingRequest(body);
      const question = await questionOf(modules, {
        path: "/v1/embeddings",
        body,
        model: request.model,
        needs: [{ capability: "embeddings", param: "model" }],
        tokensMax: embeddingTokensBound(request.inputs),
        options,
      });
      return new EmbeddingAnswer(modules, request, question);
    },
    changesAhead: async ({ running }) => {
      if (running === undefined) return [];
      const { claims, imageHash } = running.worker;
      const { manifestHash } = claims;
      return changesAffecting(await modules.policy(), { manifestHash, imageHash });
    },
  };
}

function listModels(policy: RootPolicy): readonly Model[] {
  return [...policy.models].map(([manifestHash, listing]) => {
    return { ...listing, manifestHash };
  });
}

type Asked = {
  /** The API's path, and its request as the application wrote it. */
  readonly path: string;
  readonly body: unknown;
  readonly options: AnswerOptions;
  /** Name of the model. */
  readonly model: string;
  readonly needs: readonly Need[];
  /** Prompt and answer together at most, known without a tokenizer; the model's context bounds it too. */
  readonly tokensMax: number;
};

type ChatAsked = Pick<Asked, "path" | "body" | "options"> & { readonly request: ChatRequest };

async function questionOf(modules: CocoonModules, asked: Asked): Promise<Question> {
  const { path, body, options, needs } = asked;
  const models = listModels(await modules.policy());
  const model = models.find(({ name }) => name === asked.model);
  if (model === undefined) throw new CocoonError("model_unknown", { param: "model" });
  return {
    model: model.manifestHash,
    tier: higherTier(modules.tier ?? tierDefault, options.tier),
    tokensMax: Math.min(model.contextTokens, asked.tokensMax),
    body: encodeBody({ path, body, ...(options.tokenIds === true && { tokenIds: true }) }),
    needs,
    isStrict: [modules.privacy, options.privacy].includes("strict"),
    ...capOf("promptPerMillionMax", options.promptPerMillionMax),
    ...capOf("completionPerMillionMax", options.completionPerMillionMax),
    ...(options.worker !== undefined && { worker: options.worker }),
    ...(options.proxy !== undefined && { proxy: options.proxy }),
    ...(options.reference !== undefined && { reference: options.reference }),
    ...(options.signal !== undefined && { signal: options.signal }),
  };
}

/** What is sealed. JSON can be read that is nested too deep to be written, and an application may pass anything. */
function encodeBody(sealed: object): Uint8Array {
  try {
    return utf8(JSON.stringify(sealed));
  } catch (cause) {
    throw new CocoonError("request_malformed", { reason: "cannot be written as JSON" }, { cause });
  }
}

function capOf<Name extends string>(
  name: Name,
  cap: Nanotons | undefined,
): { [name in Name]?: Nanotons } {
  // oxlint-disable-next-line no-unsafe-type-assertion -- a computed key widens to string
  return (cap === undefined ? {} : { [name]: cap }) as { [name in Name]?: Nanotons };
}

function higherTier(floor: Tier, wanted: Tier | undefined): Tier {
  return wanted !== undefined && tierSatisfies(wanted, floor) ? wanted : floor;
}
