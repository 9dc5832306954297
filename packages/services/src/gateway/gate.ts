// Who asks, and whether that one may: the API key, its budget and its pace.

import { CocoonError } from "@cocoon/protocol";
import { type HttpApp, type HttpContext, isLoopbackName } from "../http/index.ts";
import type { AnswerStore } from "./answer-store.ts";
import { type ApiKey, type ApiKeys, periodStartMs } from "./api-keys.ts";

export type GateModules = {
  readonly keys: ApiKeys;
  readonly answers: AnswerStore;
  /** Where the gateway listens: nobody but this machine's users can come to a loopback address without a key. */
  readonly host: string;
  readonly now: () => number;
};

/** Served to whoever comes: they say nothing of anybody. */
const openPaths: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
/** For every key: asking, and what one asked oneself. All else is for admins. */
const memberPaths =
  /^\/v1\/(?:chat\/completions|completions|embeddings|responses(?:\/.*)?|messages|models(?:\/.*)?|receipts(?:\/.*)?)$/;
const minuteMs = 60_000;

export class Gate {
  readonly #modules: GateModules;
  /** When each key's requests of the last minute came. */
  readonly #recent = new Map<string, number[]>();

  constructor(modules: GateModules) {
    this.#modules = modules;
  }

  /** Lets nobody pass without a key where keys are asked for: once any was made, and always beyond this machine. */
  guard(app: HttpApp): void {
    app.use(async (context, next) => {
      const { path } = context.req;
      if (!openPaths.has(path)) {
        const key = this.keyOf(context);
        if (key !== undefined && !key.isAdmin && !memberPaths.test(path)) {
          throw new CocoonError("key_forbidden");
        }
      }
      await next();
    });
  }

  /** The key that a request carries; undefined where none is asked for. Throws key_refused. */
  keyOf(context: HttpContext): ApiKey | undefined {
    const { keys, host } = this.#modules;
    if (isLoopbackName(host) && !keys.areThere) return undefined;
    const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    return keys.authenticate(bearer ?? context.req.header("x-api-key"));
  }

  /** Takes a request of this key in. Throws budget_exhausted or rate_limited. */
  admit(key: ApiKey): void {
    const nowMs = this.#modules.now();
    this.#requireBudget(key, nowMs);
    this.#requirePace(key, nowMs);
  }

  /** What requests under way will cost is not known yet: they may go over the budget, later ones don't begin. */
  #requireBudget({ id, budget, period }: ApiKey, nowMs: number): void {
    if (budget === undefined) return;
    const spent = this.#modules.answers.spentSince(id, periodStartMs(period, nowMs));
    if (spent >= budget) {
      throw new CocoonError("budget_exhausted", { period, spentNanotons: spent.toString() });
    }
  }

  #requirePace({ id, requestsPerMinute }: ApiKey, nowMs: number): void {
    if (requestsPerMinute === undefined) return;
    const recent = (this.#recent.get(id) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < minuteMs);
    this.#recent.set(id, recent);
    const oldest = recent[recent.length - requestsPerMinute];
    if (oldest !== undefined) {
      throw new CocoonError("rate_limited", { retryAfterMs: oldest + minuteMs - nowMs });
    }
    recent.push(nowMs);
  }
}
