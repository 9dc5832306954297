// What can be seen of a gateway's work: metrics, and a span for each request, its answers and their way to the anchor.

import { CocoonError, type Receipt } from "@cocoon/protocol";
import type { CompletedAnswer, ReceiptState, Served } from "@cocoon/sdk";
import {
  type Counter,
  type Histogram,
  type Metrics,
  type SpanContext,
  spanInside,
  spanWithin,
  type Tracer,
} from "../observe/index.ts";

export type ObservationModules = {
  readonly metrics: Metrics;
  /** Undefined where traces go nowhere. */
  readonly tracer: Tracer | undefined;
  readonly now: () => number;
};

/** Traces of receipts that are not anchored yet, the newest; for an older one there is no span of its anchor. */
const followedMax = 10_000;

type Followed = { readonly context: SpanContext; readonly acceptedAtMs: number };

type Watched = {
  readonly path: string;
  readonly startedAtMs: number;
  readonly span: ReturnType<typeof spanWithin>;
};

export class Observation {
  readonly #modules: ObservationModules;
  readonly #requests: Counter;
  readonly #tokens: Counter;
  readonly #spent: Counter;
  readonly #firstWords: Histogram;
  readonly #durations: Histogram;
  readonly #followed = new Map<string, Followed>();
  #active = 0;

  constructor(modules: ObservationModules) {
    const { metrics } = modules;
    this.#modules = modules;
    const requests = "Requests that have ended, by path and by error code, ok where there was none";
    this.#requests = metrics.counter("cocoon_requests_total", requests);
    this.#tokens = metrics.counter("cocoon_tokens_total", "Tokens that were paid for, by kind");
    this.#spent = metrics.counter(
      "cocoon_spent_nanotons_total",
      "What answers have cost, fee included",
    );
    const first = "Time until an answer began";
    this.#firstWords = metrics.histogram("cocoon_first_words_seconds", first);
    this.#durations = metrics.histogram("cocoon_request_seconds", "Time until a request ended");
    metrics.gauge("cocoon_requests_active", "Requests under way", () => [
      { labels: {}, value: this.#active },
    ]);
  }

  /** Watches a request from here to the end of its answer. */
  async watch(
    request: { readonly path: string; readonly traceparent: string | undefined },
    serve: () => Promise<Served>,
  ): Promise<Served> {
    const { path, traceparent } = request;
    const watched = { path, startedAtMs: this.#modules.now(), span: spanWithin(traceparent) };
    this.#active += 1;
    try {
      const served = await serve();
      this.#firstWords.observe(this.#secondsSince(watched.startedAtMs), { path });
      void this.#awaitEnd(watched, served);
      return served;
    } catch (error) {
      this.#end(watched, error instanceof CocoonError ? error.code : "internal", []);
      throw error;
    }
  }

  /** A receipt has come further. */
  proved(request: string, state: ReceiptState): void {
    const followed = this.#followed.get(request);
    if (followed === undefined) return;
    const { context, acceptedAtMs } = followed;
    const times = { startedAtMs: acceptedAtMs, endedAtMs: this.#modules.now() };
    const span = { ...spanInside(context), ...times, fields: { receiptId: request } };
    if (state === "included") this.#modules.tracer?.record("receipt included", span);
    if (state !== "anchored") return;
    this.#modules.tracer?.record("receipt anchored", span);
    this.#followed.delete(request);
  }

  async #awaitEnd(watched: Watched, { answers, ended }: Served): Promise<void> {
    await ended;
    const completed = answers.flatMap((answer) => answer.completed ?? []);
    const isWhole = completed.length === answers.length;
    this.#end(watched, isWhole ? undefined : "cancelled", completed);
  }

  #end(watched: Watched, failure: string | undefined, completed: readonly CompletedAnswer[]): void {
    const { path, startedAtMs, span } = watched;
    this.#active -= 1;
    this.#requests.add(1, { path, code: failure ?? "ok" });
    this.#durations.observe(this.#secondsSince(startedAtMs), { path });
    const endedAtMs = this.#modules.now();
    for (const answer of completed) this.#count(answer, span.context);
    const fields = { route: path, answers: completed.length };
    this.#modules.tracer?.record("ask", {
      ...span,
      kind: "server",
      startedAtMs,
      endedAtMs,
      fields,
      failure,
    });
  }

  #count({ answer, receipt, worker }: CompletedAnswer, within: SpanContext): void {
    const { request, amount, acceptedAtMs } = answer;
    for (const [kind, count] of tokenCounts(receipt)) this.#tokens.add(count, { kind });
    this.#spent.add(Number(amount));
    if (this.#modules.tracer === undefined) return;
    const span = spanInside(within);
    this.#modules.tracer.record("answer", {
      ...span,
      startedAtMs: receipt.startedAtMs,
      endedAtMs: receipt.finishedAtMs,
      fields: {
        receiptId: request,
        workerId: worker.claims.workerId,
        tier: worker.tier,
        finishReason: receipt.finishReason,
        promptTokens: receipt.usage.promptTokens,
        completionTokens: receipt.usage.completionTokens,
        amountNanotons: amount,
      },
    });
    this.#followed.set(request, { context: span.context, acceptedAtMs });
    const [oldest] = this.#followed.keys();
    if (this.#followed.size > followedMax && oldest !== undefined) this.#followed.delete(oldest);
  }

  #secondsSince(startedAtMs: number): number {
    // A clock that was set back meanwhile must not make a sum of the metrics smaller.
    return Math.max(0, this.#modules.now() - startedAtMs) / 1_000;
  }
}

/** Cached tokens are among the prompt's, and reasoning among the completion's; what the engine did not tell is not counted. */
function tokenCounts({ usage }: Receipt): readonly (readonly [string, number])[] {
  const counts = [
    ["prompt", usage.promptTokens],
    ["completion", usage.completionTokens],
    ["cached", usage.cachedTokens],
    ["reasoning", usage.reasoningTokens],
  ] as const;
  return counts.flatMap(([kind, count]) => (count === undefined ? [] : [[kind, count] as const]));
}
