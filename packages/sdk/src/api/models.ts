// GET /v1/models and /v1/models/{id}: what the root contract lists, and who serves it at which price now.

import {
  CocoonError,
  encodeModelList,
  JsonReader,
  type ModelListBody,
  type Tier,
  tierStatements,
} from "@cocoon/protocol";
import type { Cocoon, Model } from "../chat/index.ts";
import type { ProxySession } from "../session/index.ts";

type ListedModel = ModelListBody["data"][number] & { readonly cocoon: object };

/** What a client is asked about besides answers. */
export type ModelSource = {
  readonly cocoon: Pick<Cocoon, "models">;
  /** The lowest tier that may answer. */
  readonly tier: Tier;
  /** The session that would be asked now, if there is one. */
  readonly session: () => Pick<ProxySession, "status"> | undefined;
};

export async function serveModels(source: ModelSource): Promise<Response> {
  return Response.json({ object: "list", data: await listModels(source) });
}

/** Throws model_unknown. */
export async function serveModel(source: ModelSource, id: string): Promise<Response> {
  const model = (await listModels(source)).find((listed) => listed.id === id);
  if (model === undefined) throw new CocoonError("model_unknown", { param: "model" });
  return Response.json(model);
}

async function listModels({ cocoon, tier, session }: ModelSource): Promise<readonly ListedModel[]> {
  const [models, market] = await Promise.all([cocoon.models(), readMarket(session())]);
  const { data } = encodeModelList(
    models.map(({ name, contextTokens }) => {
      return { id: name, created: 0, ownedBy: "cocoon", contextTokens };
    }),
  );
  return data.flatMap((listed, index) => {
    const model = models[index];
    return model === undefined ? [] : [{ ...listed, cocoon: describe(model, tier, market) }];
  });
}

/** What our proxy says now; undefined while there is none. */
type Market = { readonly feeBps: number; readonly offers: readonly Offer[] };

type Offer = {
  readonly worker: string;
  /** Manifest hash, hex. */
  readonly model: string;
  readonly tier: string;
  readonly promptPerMillion: string;
  readonly completionPerMillion: string;
  readonly contextTokens: number;
  readonly active: number;
  readonly slots: number;
  readonly capabilities: readonly string[];
  readonly tokensPerSecond: number | null;
};

const offersMax = 65_536;

async function readMarket(
  session: Pick<ProxySession, "status"> | undefined,
): Promise<Market | undefined> {
  if (session === undefined) return undefined;
  try {
    const status = await session.status();
    return {
      feeBps: status.uint("feeBps", 10_000),
      offers: status.objects("workers", offersMax).map(readOffer),
    };
  } catch (error) {
    // Models are listed on chain: they are there whether or not the proxy tells who serves them.
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}

function readOffer(json: JsonReader): Offer {
  const speed = json.unknown("tokensPerSecond");
  return {
    worker: json.string("worker", 64),
    model: json.string("model", 64),
    tier: json.string("tier", 32),
    promptPerMillion: json.nanotons("promptPerMillion").toString(),
    completionPerMillion: json.nanotons("completionPerMillion").toString(),
    contextTokens: json.has("contextTokens") ? json.uint("contextTokens") : 0,
    active: json.uint("active"),
    slots: json.uint("slots"),
    capabilities: json.has("capabilities") ? json.strings("capabilities", 64) : [],
    tokensPerSecond: typeof speed === "number" ? speed : null,
  };
}

/** `tier` is the lowest that may answer here, and what that means for a prompt. Amounts are nanotons for a million tokens, in decimal texts. What nobody could tell is null. */
function describe(model: Model, tier: Tier, market: Market | undefined): object {
  const offers = market?.offers.filter((offer) => offer.model === model.manifestHash);
  return {
    tier,
    statement: tierStatements[tier],
    manifestHash: model.manifestHash,
    promptPerMillionMaxNanotons: model.promptPerMillionMax.toString(),
    completionPerMillionMaxNanotons: model.completionPerMillionMax.toString(),
    feeBps: market?.feeBps ?? null,
    tiers: offers === undefined ? null : unique(offers.map((offer) => offer.tier)),
    capabilities: offers === undefined ? null : unique(offers.flatMap((one) => one.capabilities)),
    workers:
      offers?.map(({ model: _model, promptPerMillion, completionPerMillion, ...offer }) => {
        return {
          ...offer,
          promptPerMillionNanotons: promptPerMillion,
          completionPerMillionNanotons: completionPerMillion,
        };
      }) ?? null,
  };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
