// How each known engine is told from the others, and what it says of its models. Engines differ from version to version
// in what they say, so that all reading is tolerant: what is not there is unknown.

import type { Capability, ListedModel } from "@cocoon/protocol";
import type { EngineModel } from "./engine.ts";
import type { EngineHost } from "./engine-host.ts";
import { type EngineKind, engineRules, ollamaContextTokens } from "./engine-rules.ts";

/** A model of an engine, as the engine describes it. Nothing was generated to find out. */
export type DiscoveredModel = EngineModel & {
  /** Whether it is in memory; undefined where the engine does not say. Others load it when they are first asked. */
  readonly isLoaded: boolean | undefined;
};

export type DescribedEngine = {
  readonly kind: EngineKind;
  readonly version?: string | undefined;
  readonly slots?: number | undefined;
  readonly models: readonly DiscoveredModel[];
};

/** Describes the engine when it is of the describer's kind. */
type Describe = (
  host: EngineHost,
  listed: readonly ListedModel[],
) => Promise<DescribedEngine | undefined>;

/**
 * What the engine that answers at a host is, by its list of models and by what else it answers: `openai` when it is none
 * of those known.
 */
export async function describeEngine(
  host: EngineHost,
  listed: readonly ListedModel[],
): Promise<DescribedEngine> {
  for (const describe of describers) {
    const described = await describe(host, listed);
    if (described !== undefined) return atMost(described);
  }
  return { kind: "openai", models: listed.map((model) => modelOf(model, { can: unproven })) };
}

/** What its API does not pass on a model cannot do behind it. */
function atMost({ models, ...engine }: DescribedEngine): DescribedEngine {
  const most = engineRules[engine.kind].capabilities;
  const has = models.map((model) => {
    const capabilities = model.capabilities.filter((capability) => most.includes(capability));
    return { ...model, capabilities };
  });
  return { ...engine, models: has };
}

/** What nearly all servers can, where nothing is known: the rest shows when they are asked. */
const unproven: readonly Capability[] = ["completions", "penalties"];

/** In the order in which they are tried: those first that a list of models gives away. */
const describers: readonly Describe[] = [
  describeVllm,
  describeSglang,
  describeLlamaServer,
  describeLmStudio,
  describeOllama,
];

const text: readonly Capability[] = [
  "completions",
  "json_object",
  "json_schema",
  "logprobs",
  "penalties",
];
const calls: readonly Capability[] = ["forced_tools", "tools"];

/** Whether it was started with a parser of tool calls, or with a model that embeds, it does not say: a probe shows. */
async function describeVllm(
  host: EngineHost,
  listed: readonly ListedModel[],
): Promise<DescribedEngine | undefined> {
  if (!isOwnedBy(listed, "vllm")) return undefined;
  const version = textAt(await host.json("/version"), "version");
  const models = listed.map((model) => modelOf(model, { can: [...text, ...calls] }));
  return { kind: "vllm", version, models };
}

async function describeSglang(
  host: EngineHost,
  listed: readonly ListedModel[],
): Promise<DescribedEngine | undefined> {
  if (!isOwnedBy(listed, "sglang")) return undefined;
  const server = (await host.json("/server_info")) ?? (await host.json("/get_server_info"));
  const model = (await host.json("/model_info")) ?? (await host.json("/get_model_info"));
  // Without a parser it leaves calls in the text.
  const parses = textAt(server, "tool_call_parser") ?? textAt(model, "tool_call_parser");
  const can = parses === undefined ? text : [...text, ...calls];
  const sees = at(model, "has_image_understanding") === true;
  const embeds = at(model, "is_generation") === false;
  return {
    kind: "sglang",
    version: textAt(server, "version"),
    slots: countAt(server, "max_running_requests"),
    models: listed.map((one) => modelOf(one, { can: embeds ? [] : can, sees, embeds })),
  };
}

async function describeLlamaServer(
  host: EngineHost,
  listed: readonly ListedModel[],
): Promise<DescribedEngine | undefined> {
  if (!isOwnedBy(listed, "llamacpp")) return undefined;
  const props = await host.json("/props");
  const contextTokens = countAt(props, "default_generation_settings", "n_ctx");
  const can =
    at(props, "chat_template_caps", "supports_tools") === false ? text : [...text, ...calls];
  const sees = at(props, "modalities", "vision") === true;
  return {
    kind: "llama.cpp",
    version: textAt(props, "build_info"),
    slots: countAt(props, "total_slots"),
    // It serves embeddings only when it was started for them, which nothing but asking shows.
    models: listed.map((model) => modelOf({ ...model, contextTokens }, { can, sees })),
  };
}

async function describeLmStudio(host: EngineHost): Promise<DescribedEngine | undefined> {
  const answer = await host.json("/api/v0/models");
  const listed = listAt(answer, "data");
  if (!listed.some((model) => at(model, "max_context_length") !== undefined)) return undefined;
  const models = listed.flatMap((model) => {
    const id = textAt(model, "id");
    if (id === undefined) return [];
    const type = textAt(model, "type");
    const isLoaded = textAt(model, "state") === "loaded";
    const contextTokens =
      countAt(model, "loaded_context_length") ?? countAt(model, "max_context_length");
    const embeds = type === "embeddings";
    const can = embeds ? [] : [...text, ...calls];
    return [{ ...modelOf({ id, contextTokens }, { can, sees: type === "vlm", embeds }), isLoaded }];
  });
  return { kind: "lmstudio", models };
}

async function describeOllama(
  host: EngineHost,
  listed: readonly ListedModel[],
): Promise<DescribedEngine | undefined> {
  const version = textAt(await host.json("/api/version"), "version");
  if (version === undefined) return undefined;
  const loaded = listAt(await host.json("/api/ps"), "models");
  const models = await Promise.all(
    listed.map(async ({ id }) => {
      const running = loaded.find((model) => textAt(model, "name") === id);
      return describeOllamaModel(await host.json("/api/show", { model: id }), { id, running });
    }),
  );
  return { kind: "ollama", version, models };
}

/** Older versions say nothing of what a model can do: then it is taken for one that chats. */
function describeOllamaModel(
  shown: unknown,
  { id, running }: { readonly id: string; readonly running: unknown },
): DiscoveredModel {
  const capabilities = listAt(shown, "capabilities");
  const says = (name: string): boolean => capabilities.includes(name);
  const chats = capabilities.length === 0 || says("completion");
  const can = [...(chats ? text : []), ...(says("tools") ? calls : [])];
  const described = { can, sees: says("vision"), embeds: says("embedding") };
  const contextTokens = countAt(running, "context_length") ?? ollamaContextOf(shown);
  return { ...modelOf({ id, contextTokens }, described), isLoaded: running !== undefined };
}

/** Its context is the owner's choice for the model, else a default that it does not tell; never over the trained one. */
function ollamaContextOf(shown: unknown): number {
  const chosen = /^num_ctx\s+(\d{1,9})$/m.exec(textAt(shown, "parameters") ?? "")?.[1];
  const architecture = textAt(shown, "model_info", "general.architecture") ?? "";
  const trained = countAt(shown, "model_info", `${architecture}.context_length`);
  const context = chosen === undefined ? ollamaContextTokens : Number(chosen);
  return Math.min(context, trained ?? context);
}

function isOwnedBy(listed: readonly ListedModel[], owner: string): boolean {
  return listed.some(({ ownedBy }) => ownedBy === owner);
}

type Described = {
  readonly can: readonly Capability[];
  readonly sees?: boolean;
  readonly embeds?: boolean;
};

function modelOf(
  { id, contextTokens }: Pick<ListedModel, "id" | "contextTokens">,
  { can, sees = false, embeds = false }: Described,
): DiscoveredModel {
  const images: readonly Capability[] = sees ? ["images"] : [];
  const embeddings: readonly Capability[] = embeds ? ["embeddings"] : [];
  const capabilities = [...can, ...images, ...embeddings].toSorted();
  return { id, contextTokens, isLoaded: undefined, capabilities };
}

/** The value at a path of names; undefined where there is none. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((outer, name) => {
    if (typeof outer !== "object" || outer === null) return undefined;
    return Object.entries(outer).find(([key]) => key === name)?.[1];
  }, value);
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A whole number above zero: engines write 0 and -1 for what they do not know. */
function countAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" && Number.isSafeInteger(found) && found > 0 ? found : undefined;
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
