// What this machine could serve: models of engines that answer here, and weights that lie here, that the root contract lists.

import { CocoonError } from "@cocoon/protocol";
import type { ModelListing } from "@cocoon/sdk";
import {
  type DiscoveredEngine,
  discoverEngines,
  type EngineConfig,
  listWeights,
} from "@cocoon/services";
import { describeLlamaModel, tinyModelPath } from "../network/model.ts";

export type Servable = {
  readonly listing: ModelListing & { readonly manifestHash: string };
  readonly engine: EngineConfig;
  readonly slots: number;
  /** For people: "llama3.2 in Ollama at http://127.0.0.1:11434/v1". */
  readonly text: string;
};

export type Search = {
  /** What the root contract lists, by manifest hash. */
  readonly models: ReadonlyMap<string, ModelListing>;
  /** Folder of pulled weights. */
  readonly shelf: string;
  /** Only this backend. */
  readonly baseUrl: string | undefined;
  readonly engineKey: string | undefined;
  /** Only these weights. */
  readonly weightsPath: string | undefined;
  /** Only this model, by its name in the root contract. */
  readonly model: string | undefined;
  /** What the backend calls it. */
  readonly backendModel: string | undefined;
};

/** The embedded engine batches so many on a processor before each becomes slow. */
const llamaSlots = 4;
const httpSlotsMax = 64;

/**
 * Backends first, as they may have a GPU; then weights. Throws engine_unavailable where nothing is there to serve with,
 * and model_unknown where nothing of it is listed.
 */
export async function findServable(search: Search): Promise<readonly Servable[]> {
  const { baseUrl, weightsPath } = search;
  const engines = weightsPath === undefined ? await findEngines(search) : [];
  const weights = baseUrl === undefined ? await findWeights(search) : [];
  const found = [...engines.flatMap((engine) => servableOf(engine, search)), ...weights];
  if (found.length > 0) return found;
  const isLocked = engines.some(({ needsKey }) => needsKey);
  if (isLocked) {
    throw new CocoonError("engine_unavailable", {
      reason: "it wants a key: put it into COCOON_ENGINE_KEY",
    });
  }
  if (engines.length === 0 && weightsPath === undefined && baseUrl !== undefined) {
    throw new CocoonError("engine_unavailable", { reason: `nothing answers at ${baseUrl}` });
  }
  throw new CocoonError("model_unknown", { reason: namesOf(engines, search) });
}

function namesOf(engines: readonly DiscoveredEngine[], { model, models }: Search): string {
  const here = engines.flatMap((engine) => engine.models.map(({ id }) => id));
  const listed = [...models.values()].map(({ name }) => name);
  const wanted = model === undefined ? "" : `${model} was asked for, `;
  return `${wanted}here: ${here.join(", ") || "none"}; listed: ${listed.join(", ")}`;
}

async function findEngines({ baseUrl, engineKey }: Search): Promise<readonly DiscoveredEngine[]> {
  const url = baseUrl === undefined ? undefined : URL.parse(baseUrl);
  if (url === null) throw new CocoonError("option_invalid", { option: "engine" });
  const ports = url === undefined ? undefined : [portOf(url)];
  return await discoverEngines({ apiKey: engineKey, ports });
}

function portOf({ port, protocol }: URL): number {
  const usual = protocol === "https:" ? 443 : 80;
  return port === "" ? usual : Number(port);
}

function servableOf(engine: DiscoveredEngine, search: Search): readonly Servable[] {
  const { backendModel, model } = search;
  const chats = engine.models.filter(
    ({ capabilities, id }) =>
      (backendModel === undefined || backendModel === id) &&
      capabilities.some((capability) => capability !== "embeddings"),
  );
  return chats.flatMap(({ id }) => {
    // One model and one name: the operator's word that they are the same.
    const isMeant = model !== undefined && chats.length === 1;
    const listing = listingsOf(search).find(({ name }) => isMeant || isSameName(name, id));
    if (listing === undefined) return [];
    const { baseUrl, name, slots } = engine;
    return [
      {
        listing,
        engine: { kind: "http", baseUrl, backendModel: id } as const,
        slots: Math.min(slots, httpSlotsMax),
        text: `${id} in ${name} at ${baseUrl}`,
      },
    ];
  });
}

function listingsOf({ model, models }: Search): readonly Servable["listing"][] {
  return [...models].flatMap(([manifestHash, listing]) =>
    model === undefined || listing.name === model ? [{ ...listing, manifestHash }] : [],
  );
}

/** Engines write a model's name with its owner, its file's ending or a tag. */
function isSameName(listed: string, found: string): boolean {
  return plainName(listed) === plainName(found);
}

function plainName(name: string): string {
  const last = name.toLowerCase().split("/").at(-1) ?? "";
  return last.replace(/:latest$/, "").replace(/\.gguf$/, "");
}

/** Weights whose very bytes are listed. */
async function findWeights(search: Search): Promise<readonly Servable[]> {
  const { shelf, weightsPath } = search;
  const shelved = await listWeights(shelf);
  const here = [...shelved.map(({ path }) => path), tinyModelPath()];
  const paths = weightsPath === undefined ? here : [weightsPath];
  const found: Servable[] = [];
  for (const path of paths) {
    const listing = await listingOfWeights(path, listingsOf(search));
    if (listing === undefined) continue;
    const engine = { kind: "llama", modelPath: path } as const;
    found.push({
      listing,
      engine,
      slots: llamaSlots,
      text: `${listing.name} in the embedded engine`,
    });
  }
  return found;
}

async function listingOfWeights(
  path: string,
  listings: readonly Servable["listing"][],
): Promise<Servable["listing"] | undefined> {
  for (const listing of listings) {
    const { contextTokens, name } = listing;
    const { manifestHash } = await describeLlamaModel({ name, path, contextTokens });
    if (manifestHash === listing.manifestHash) return listing;
  }
  return undefined;
}
