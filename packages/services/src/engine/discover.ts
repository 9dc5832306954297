import { CocoonError, type ListedModel, parseModelList } from "@cocoon/protocol";
import { describeEngine, type DiscoveredModel } from "./describe-engine.ts";
import { EngineHost } from "./engine-host.ts";
import type { Exchange } from "./http-exchange.ts";
import { type EngineKind, engineRules } from "./engine-rules.ts";

export type DiscoverOptions = {
  /** Ports of this host to knock at. Default: those that the known engines listen at by themselves. */
  readonly ports?: readonly number[] | undefined;
  /** Sent as a bearer token: engines that want a key answer nothing without. */
  readonly apiKey?: string | undefined;
  /** For each port, all of its questions together. Default 3 s; a port at which nobody listens refuses at once. */
  readonly timeoutMs?: number | undefined;
  readonly fetch?: Exchange | undefined;
};

/** An engine that answers on this host. */
export type DiscoveredEngine = {
  /** By what it answers, not by its port. */
  readonly kind: EngineKind;
  /** For people: `vLLM`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly port: number;
  /** As a worker's configuration and createHttpEngine take it: `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** It refused to say anything without a key, or with this one. Kind `openai` then, and no models. */
  readonly needsKey: boolean;
  /** Requests that it runs at once: what it says, else what engines of its kind do by themselves. */
  readonly slots: number;
  /** Possibly none: an Ollama that nothing was pulled to yet. */
  readonly models: readonly DiscoveredModel[];
};

const timeoutDefaultMs = 3_000;

/**
 * Looks for engines on this host, by asking all ports at once what is there; nothing is generated, nothing leaves the
 * host, and nothing throws: what does not answer like an engine is left out. In the order of the ports.
 *
 *     const engines = await discoverEngines();
 *     for (const { kind, version, baseUrl, needsKey, models } of engines) ...
 *
 * A worker's configuration takes `baseUrl` and a model's `id`, as `{ kind: "http", baseUrl, backendModel: id }`. What a
 * model can do is here what its engine says. Before it is sold, probeHttpEngine({ baseUrl, model: id }) has to ask for
 * one short answer: it throws usage_missing for an engine whose work cannot be billed. `needsKey` and no models at all
 * are for a person to mend; a model whose only capability is `embeddings` cannot chat.
 */
export async function discoverEngines(
  options: DiscoverOptions = {},
): Promise<readonly DiscoveredEngine[]> {
  const ports = new Set(options.ports ?? defaultPorts());
  const found = await Promise.all(Array.from(ports, (port) => discoverAt(port, options)));
  return found.filter((engine) => engine !== undefined);
}

/** Where the known engines listen by themselves. */
export function defaultPorts(): readonly number[] {
  return Object.values(engineRules).flatMap(({ port }) => port ?? []);
}

async function discoverAt(
  port: number,
  { apiKey, fetch, timeoutMs = timeoutDefaultMs }: DiscoverOptions,
): Promise<DiscoveredEngine | undefined> {
  const rootUrl = `http://127.0.0.1:${port}`;
  const signal = AbortSignal.timeout(timeoutMs);
  const host = new EngineHost({ rootUrl, apiKey, fetch, signal });
  const found = { port, baseUrl: `${rootUrl}/v1` };
  const answer = await host.ask("/v1/models");
  if (answer?.status === 401 || answer?.status === 403) {
    return { ...found, ...plainEngine("openai", []), needsKey: true };
  }
  const listed = answer?.status === 200 ? listedModels(answer.body) : undefined;
  if (listed === undefined) return undefined;
  const { kind, version, slots, models } = await describeEngine(host, listed);
  const given = {
    ...(version !== undefined && { version }),
    ...(slots !== undefined && { slots }),
  };
  return { ...found, ...plainEngine(kind, models), ...given };
}

function plainEngine(
  kind: EngineKind,
  models: readonly DiscoveredModel[],
): Omit<DiscoveredEngine, "port" | "baseUrl"> {
  const { name, slots } = engineRules[kind];
  return { kind, name, version: undefined, needsKey: false, slots, models };
}

/** Many servers answer at these ports: a list of models is what tells an engine. */
function listedModels(body: unknown): readonly ListedModel[] | undefined {
  try {
    return parseModelList(body, "engine_failed");
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}
