// The SDK's front door: models, and chat completions that are verified, sealed, paid and receipted on the way.

import {
  type ChatRequest,
  CocoonError,
  type Nanotons,
  parseChatRequest,
  promptTokensBound,
  type Tier,
  tierSatisfies,
  utf8,
} from "@cocoon/protocol";
import {
  changesAffecting,
  type ModelListing,
  type PendingChange,
  type RootPolicy,
} from "../chain/index.ts";
import type { Wish } from "../session/index.ts";
import { ChatAnswer, type ChatOptions } from "./answer.ts";
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
  readonly chat: (body: unknown, options?: ChatOptions) => Promise<ChatAnswer>;
  /**
   * What is about to change of the model, or of the image that runs it, whose answer this is: the next first, none
   * before a worker was chosen. Throws policy_stale when that is not known any more.
   */
  readonly changesAhead: (answer: ChatAnswer) => Promise<readonly PendingChange[]>;
};

export function createCocoon(modules: CocoonModules): Cocoon {
  return {
    models: async () => listModels(await modules.policy()),
    chat: async (body, options = {}) => {
      const request = parseChatRequest(body);
      const models = listModels(await modules.policy());
      const model = models.find(({ name }) => name === request.model);
      if (model === undefined) throw new CocoonError("model_unknown", { param: "model" });
      return new ChatAnswer(
        modules,
        request,
        wishOf(request, body, { model, modules, options }),
        options.signal,
      );
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

type WishContext = {
  readonly model: Model;
  readonly modules: CocoonModules;
  readonly options: ChatOptions;
};

function wishOf(request: ChatRequest, body: unknown, context: WishContext): Omit<Wish, "excluded"> {
  const { model, modules, options } = context;
  return {
    model: model.manifestHash,
    tier: higherTier(modules.tier, options.tier),
    tokensMax: tokenBound(request, model.contextTokens),
    body: encodeBody(body, options.tokenIds === true),
    ...capOf("promptPerMillionMax", options.promptPerMillionMax),
    ...capOf("completionPerMillionMax", options.completionPerMillionMax),
    ...(options.signal !== undefined && { signal: options.signal }),
  };
}

/** What is sealed. JSON can be read that is nested too deep to be written, and an application may pass anything. */
function encodeBody(body: unknown, tokenIds: boolean): Uint8Array {
  try {
    const wanted = tokenIds ? { tokenIds } : {};
    return utf8(JSON.stringify({ path: "/v1/chat/completions", body, ...wanted }));
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

/** Prompt and answer together at most, known without a tokenizer. */
function tokenBound(request: ChatRequest, contextTokens: number): number {
  return Math.min(contextTokens, promptTokensBound(request) + (request.tokensMax ?? contextTokens));
}
