// What an engine does in a few seconds of work, by its own count of tokens.

import {
  type BenchmarkReport,
  type BenchmarkStep,
  type ChatRequest,
  CocoonError,
  parseChatRequest,
} from "@cocoon/protocol";
import type { Engine, EngineFinish } from "./engine.ts";

export type BenchmarkOptions = {
  /** Requests at once, in the order in which they are tried. Default 1, 2, 4; none above the engine's slots. */
  readonly concurrencies?: readonly number[];
  /** Tokens of each answer. Default 32. */
  readonly completionTokens?: number;
  /** Steps that begin later are left out. Default 20 s. */
  readonly timeMaxMs?: number;
  readonly signal: AbortSignal;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  readonly wallMs: () => number;
};

const concurrenciesDefault = [1, 2, 4];
const completionTokensDefault = 32;
const timeMaxMsDefault = 20_000;
/** About a quarter of the context, at five characters a word and a token and a half a word. */
const promptWordsMax = 400;

type Measured = { readonly finish: EngineFinish; readonly firstMs: number; readonly endMs: number };

/**
 * Runs a few short requests and reports the speed. An engine's first request may load the model, so one is run before
 * anything is measured. Each request asks something else: no prompt cache helps. Throws what the engine throws.
 */
export async function benchmarkEngine(
  engine: Engine,
  options: BenchmarkOptions,
): Promise<BenchmarkReport> {
  const { concurrencies = concurrenciesDefault, nowMs, wallMs } = options;
  const { completionTokens = completionTokensDefault, timeMaxMs = timeMaxMsDefault } = options;
  const [model] = engine.models;
  if (model === undefined) throw new CocoonError("engine_unavailable");
  let asked = 0;
  const ask = (words: number, tokensMax: number): Promise<Measured> => {
    asked += 1;
    return runOne(engine, request(model.id, { asked, words, tokensMax }), options);
  };
  await ask(8, 1);
  const began = nowMs();
  const words = Math.min(promptWordsMax, Math.floor((model.contextTokens ?? 2_048) / 8));
  const prompt = await ask(words, 1);
  const steps: BenchmarkStep[] = [];
  for (const concurrency of concurrencies) {
    if (concurrency > engine.load().slots || nowMs() - began > timeMaxMs) break;
    const sinceMs = nowMs();
    const runs = Array.from({ length: concurrency }, () => ask(8, completionTokens));
    steps.push(stepOf(await Promise.all(runs), sinceMs));
  }
  return {
    atMs: wallMs(),
    promptTokensPerSecond: perSecond(prompt.finish.usage.promptTokens, prompt.endMs - began),
    steps,
  };
}

async function runOne(
  engine: Engine,
  asked: ChatRequest,
  { nowMs, signal }: BenchmarkOptions,
): Promise<Measured> {
  let firstMs: number | undefined;
  for await (const event of engine.run(asked, { signal, requestId: "benchmark" })) {
    firstMs ??= nowMs();
    if (event.type === "finish") return { finish: event, firstMs, endMs: nowMs() };
  }
  throw new CocoonError("engine_failed", { reason: "no finish" });
}

function stepOf(runs: readonly Measured[], sinceMs: number): BenchmarkStep {
  const tokens = runs.reduce((sum, { finish }) => sum + finish.usage.completionTokens, 0);
  const endMs = Math.max(...runs.map((run) => run.endMs));
  const firstMs = Math.max(...runs.map((run) => run.firstMs));
  return {
    concurrency: runs.length,
    completionTokensPerSecond: perSecond(tokens, endMs - sinceMs),
    firstTokenMs: Math.round(firstMs - sinceMs),
  };
}

/** The best that the steps saw: what an hour of full work comes to. */
export function bestTokensPerSecond({ steps }: Pick<BenchmarkReport, "steps">): number {
  return Math.max(0, ...steps.map((step) => step.completionTokensPerSecond));
}

function perSecond(tokens: number, durationMs: number): number {
  return Math.round((10_000 * tokens) / Math.max(1, durationMs)) / 10;
}

type Question = { readonly asked: number; readonly words: number; readonly tokensMax: number };

/** A number at the start, so that no two prompts begin alike. */
function request(model: string, { asked, words, tokensMax }: Question): ChatRequest {
  const text = Array.from({ length: words }, (_, index) => `word${(index * 7 + asked) % 97}`);
  const content = `${asked}. Continue this list: ${text.join(" ")}`;
  return parseChatRequest({
    model,
    messages: [{ role: "user", content }],
    max_tokens: tokensMax,
    temperature: 0,
    stream: true,
  });
}
