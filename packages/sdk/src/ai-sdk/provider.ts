// A provider for Vercel's AI SDK: its own for OpenAI's API, and with each answer what it cost and what proves it.

import {
  createOpenAICompatible,
  type MetadataExtractor,
  type OpenAICompatibleProvider,
} from "@ai-sdk/openai-compatible";
import { readRefusal } from "@cocoon/protocol";

/** Where the API is: a `PageClient` is that, and so is a gateway's URL. */
export type CocoonReach = {
  /** A gateway's, such as `http://127.0.0.1:10000/v1`, or that of a client in this process. */
  readonly baseUrl: string;
  /** That of a client in this process: what it is given is sealed and paid here. */
  readonly fetch?: typeof fetch;
  /** For a gateway that asks for one. */
  readonly apiKey?: string;
  /** Sent with every request, such as `x-cocoon-tier`. What a call of the AI SDK has as `headers` comes on top. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** The file that proves an answer: `signed`, `included` or `anchored`. */
export type ReachedProof = { readonly state: string; readonly file: string };

export type CocoonProvider = OpenAICompatibleProvider & {
  /** As far as the proof of a receipt has come. Throws receipt_unknown. */
  readonly proof: (receipt: string) => Promise<ReachedProof>;
};

type EmbeddingModel = ReturnType<CocoonProvider["embeddingModel"]>;

/** Gives the AI SDK its models. `providerMetadata.cocoon` of each result is an `AnswerFacts`: the receipts, and what they cost. */
export function createCocoonProvider(reach: CocoonReach): CocoonProvider {
  const { baseUrl: baseURL, apiKey, headers } = reach;
  const compatible = createOpenAICompatible({
    name: "cocoon",
    baseURL,
    ...(reach.fetch !== undefined && { fetch: reach.fetch }),
    ...(apiKey !== undefined && { apiKey }),
    ...(headers !== undefined && { headers }),
    includeUsage: true,
    supportsStructuredOutputs: true,
    metadataExtractor: {
      extractMetadata: ({ parsedBody }) => Promise.resolve(factsIn(parsedBody)),
      createStreamExtractor: () => {
        let facts: Facts | undefined;
        return {
          processChunk: (chunk) => void (facts = factsIn(chunk) ?? facts),
          buildMetadata: () => facts,
        };
      },
    },
  });
  const embeddingModel = (id: string): EmbeddingModel => withFacts(compatible.embeddingModel(id));
  return Object.assign((id: string) => compatible(id), compatible, {
    embeddingModel,
    textEmbeddingModel: embeddingModel,
    proof: (receipt: string) => readProof(reach, receipt),
  });
}

/** What a result has as `providerMetadata`. */
type Facts = NonNullable<Awaited<ReturnType<MetadataExtractor["extractMetadata"]>>>;

/** Those in a piece of an answer: all of it, or the last of a stream. */
function factsIn(piece: unknown): Facts | undefined {
  if (typeof piece !== "object" || piece === null || !("cocoon" in piece)) return undefined;
  // oxlint-disable-next-line no-unsafe-type-assertion -- JSON that our API wrote
  return { cocoon: piece.cocoon } as Facts;
}

/** The package reads metadata from the answers of language models alone. */
function withFacts(model: EmbeddingModel): EmbeddingModel {
  const { specificationVersion, provider, modelId } = model;
  const { maxEmbeddingsPerCall, supportsParallelCalls } = model;
  return {
    specificationVersion,
    provider,
    modelId,
    maxEmbeddingsPerCall,
    supportsParallelCalls,
    doEmbed: async (options) => {
      const embedded = await model.doEmbed(options);
      const facts = factsIn(embedded.response?.body);
      return facts === undefined ? embedded : { ...embedded, providerMetadata: facts };
    },
  };
}

async function readProof(
  { baseUrl, apiKey, headers, fetch: ask = fetch }: CocoonReach,
  receipt: string,
): Promise<ReachedProof> {
  const key = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const response = await ask(`${baseUrl}/receipts/${receipt}`, { headers: { ...key, ...headers } });
  const file = await response.text();
  if (!response.ok) throw readRefusal(response.status, file);
  return { state: response.headers.get("x-cocoon-receipt-state") ?? "signed", file };
}
