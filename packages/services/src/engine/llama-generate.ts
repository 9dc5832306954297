import { CocoonError } from "@cocoon/protocol";
import {
  type Llama,
  LlamaGrammarEvaluationState,
  type LlamaModel,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import type { ChildEvent, RunOrder } from "./llama-messages.ts";
import type { PromptTemplate } from "./llama-prompt.ts";
import type { Lease, SequencePool } from "./sequence-pool.ts";
import { StopScanner } from "./stop-scanner.ts";
import { TokenText } from "./token-text.ts";

/** What every generation of a loaded model uses. */
export type LlamaParts = {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly template: PromptTemplate;
  readonly pool: SequencePool;
  readonly contextTokens: number;
  readonly turnEnd: { readonly tokens: ReadonlySet<Token>; readonly texts: readonly string[] };
};

/** One generation: where its events go, and how it learns that nobody waits any more. */
export type Generation = {
  readonly emit: (event: ChildEvent) => void;
  readonly isCancelled: () => boolean;
};

/** What an answer may be long when nobody says. */
const answerTokensDefaultMax = 4_096;
/** A prompt is evaluated in pieces of this many tokens; a cancelled request ends between two. */
const prefillTokens = 256;

/** Answers one request. Throws CocoonError for what the request gets wrong, and cancelled. */
export async function generate(
  parts: LlamaParts,
  order: RunOrder,
  generation: Generation,
): Promise<void> {
  const prompt = parts.template.tokens(order.prompt);
  const answerMax = answerTokensMax(order, prompt.length, parts.contextTokens);
  const grammar = await compileGrammar(parts, order.grammar);
  const lease = await parts.pool.lease(prompt, order.cacheScope);
  let failed = true;
  try {
    const rest = await prefill(lease, prompt, async () => {
      if (generation.isCancelled()) throw new CocoonError("cancelled");
      generation.emit({ kind: "progress", id: order.id });
      await parts.pool.leasesGiven();
    });
    const answer = new Answer(parts, order, generation);
    const options = { ...samplingOf(order, answer.tokens), ...grammar };
    for await (const token of lease.sequence.evaluate(rest, options)) {
      if (generation.isCancelled()) throw new CocoonError("cancelled");
      if (answer.add(token) || answer.tokens.length >= answerMax) break;
      await parts.pool.leasesGiven();
    }
    failed = false;
    answer.finish(prompt, lease.cachedTokens);
  } catch (error) {
    if (error instanceof CocoonError) failed = false;
    throw error;
  } finally {
    lease.release(failed);
  }
}

/** How long the answer may get. Throws context_too_long when what is asked for does not fit, or nothing is paid. */
function answerTokensMax(order: RunOrder, promptTokens: number, contextTokens: number): number {
  const room = contextTokens - promptTokens;
  const paid = order.tokensPaid === undefined ? room : order.tokensPaid - promptTokens;
  if (room < (order.tokensAsked ?? 1) || paid < 1) {
    throw new CocoonError("context_too_long", {
      param: paramOf(order),
      promptTokens,
      contextTokens,
    });
  }
  return Math.min(order.tokensAsked ?? answerTokensDefaultMax, room, paid);
}

function paramOf({ prompt }: RunOrder): string {
  return typeof prompt === "string" ? "prompt" : "messages";
}

async function compileGrammar(
  { llama, model }: LlamaParts,
  gbnf: string | undefined,
): Promise<Pick<SequenceEvaluateOptions, "grammarEvaluationState">> {
  if (gbnf === undefined) return {};
  try {
    const grammar = await llama.createGrammar({ grammar: gbnf });
    return { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) };
  } catch {
    throw new CocoonError("capability_missing", { param: "response_format.json_schema.schema" });
  }
}

/** Evaluates what is not cached of the prompt but its last piece, and returns that. Tells of each piece. */
async function prefill(
  { sequence, cachedTokens }: Lease,
  prompt: readonly Token[],
  onPiece: () => Promise<void>,
): Promise<Token[]> {
  let start = cachedTokens;
  while (prompt.length - start > prefillTokens) {
    const piece = prompt.slice(start, start + prefillTokens);
    await sequence.evaluateWithoutGeneratingNewTokens(piece);
    start += prefillTokens;
    await onPiece();
  }
  return prompt.slice(start);
}

/** Nothing but what the request says: node-llama-cpp would cut to the 40 likeliest by itself. */
function samplingOf(order: RunOrder, answer: readonly Token[]): SequenceEvaluateOptions {
  const { presencePenalty, frequencyPenalty } = order;
  const isPenalized = presencePenalty !== 0 || frequencyPenalty !== 0;
  return {
    temperature: order.temperature,
    topP: order.topP,
    topK: 0,
    minP: 0,
    seed: order.seed,
    yieldEogToken: true,
    ...(isPenalized && {
      repeatPenalty: {
        punishTokens: () => [...answer],
        penalty: 1,
        presencePenalty,
        frequencyPenalty,
      },
    }),
  };
}

/** The answer as it grows. */
class Answer {
  readonly tokens: Token[] = [];
  readonly #parts: LlamaParts;
  readonly #order: RunOrder;
  readonly #emit: Generation["emit"];
  readonly #text: TokenText;
  readonly #scanner: StopScanner;
  #unsent: Token[] = [];
  #hasStopped = false;

  constructor(parts: LlamaParts, order: RunOrder, { emit }: Generation) {
    this.#parts = parts;
    this.#order = order;
    this.#emit = emit;
    this.#text = new TokenText((tokens, before) =>
      // oxlint-disable-next-line no-unsafe-type-assertion -- they came from the model as tokens
      parts.model.detokenize(tokens as Token[], false, before as Token[]),
    );
    const turnEnd = typeof order.prompt === "string" ? [] : parts.turnEnd.texts;
    this.#scanner = new StopScanner([...order.stop, ...turnEnd]);
  }

  /** Takes the token that was sampled; true when the answer ends with it. */
  add(token: Token): boolean {
    this.tokens.push(token);
    this.#unsent.push(token);
    if (this.#parts.model.isEogToken(token) || this.#parts.turnEnd.tokens.has(token)) {
      this.#hasStopped = true;
      return true;
    }
    const { text, stopped } = this.#scanner.push(this.#text.push(token));
    this.#hasStopped = stopped;
    this.#send(text);
    return stopped;
  }

  finish(prompt: readonly Token[], cachedTokens: number): void {
    if (!this.#endsAtStopText()) this.#send(this.#scanner.end());
    this.#emit({
      kind: "finish",
      id: this.#order.id,
      reason: this.#hasStopped ? "stop" : "length",
      usage: {
        promptTokens: prompt.length,
        cachedTokens,
        completionTokens: this.tokens.length,
      },
      promptTokenIds: prompt,
      answerTokenIds: this.tokens,
    });
  }

  /** Lets out what waited for the rest of a character; even that may complete a stop text. */
  #endsAtStopText(): boolean {
    const { text, stopped } = this.#scanner.push(this.#text.end());
    this.#send(text);
    return stopped;
  }

  #send(text: string): void {
    if (text === "") return;
    this.#emit({ kind: "delta", id: this.#order.id, text, tokenIds: this.#unsent });
    this.#unsent = [];
  }
}
