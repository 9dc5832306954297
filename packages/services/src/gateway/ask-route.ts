// What all routes that answer have in common: who may ask, what is read, how an answer leaves.

import { CocoonError, parseJson } from "@cocoon/protocol";
import type { Cocoon } from "@cocoon/sdk";
import {
  eventStream,
  type EventWording,
  type HttpApp,
  type HttpContext,
  readTextRequest,
} from "../http/index.ts";
import { answerHeaders } from "./answer-headers.ts";
import { type Asked, optionsOf } from "./asked.ts";
import type { Gateway } from "./run.ts";
import type { AnswerState, Served } from "./served.ts";

/** Reads a dialect, asks, and words the answer. Throws what it refuses. */
export type Serve = (asked: Asked) => Promise<Served>;

export type AskRoute = {
  readonly path: string;
  readonly serve: Serve;
  /** How the dialect words a refusal. Default: as the app does. */
  readonly refuse?: (error: CocoonError) => Response;
};

/** A route at which applications ask. */
export function addAskRoute(
  app: HttpApp,
  gateway: Gateway,
  { path, serve, refuse }: AskRoute,
): void {
  app.post(path, async (context) => {
    try {
      const traceparent = context.req.header("traceparent");
      const { response } = await gateway.observation.watch({ path, traceparent }, () =>
        answer(gateway, context, serve),
      );
      return response;
    } catch (error) {
      if (refuse === undefined || !(error instanceof CocoonError)) throw error;
      return refuse(error);
    }
  });
}

async function answer(gateway: Gateway, context: HttpContext, serve: Serve): Promise<Served> {
  const { config, gate, replays } = gateway;
  requireJson(context.req.header("content-type"));
  const apiKey = gate.keyOf(context);
  const text = await readTextRequest(context, config.bodyBytesMax);
  const leaving = new AbortController();
  const signal = AbortSignal.any([context.req.raw.signal, leaving.signal]);
  const wantsContent = context.req.header("x-cocoon-content") === "yes";
  const asked: Asked = {
    body: parseJson(text, "request_malformed"),
    options: {
      ...optionsOf(context, config.network.proxies[0]?.bond),
      ...(apiKey !== undefined && { reference: apiKey.id }),
      tokenIds: wantsContent,
      signal,
    },
    leave: () => leaving.abort(),
    wantsContent,
  };
  if (apiKey !== undefined) gate.admit(apiKey);
  const key = context.req.header("idempotency-key");
  if (key === undefined) return await serve(asked);
  const content = `${context.req.path}\n${text}`;
  return await replays.once({ key, owner: apiKey?.id ?? "", content }, () => serve(asked));
}

/** A page in the owner's browser can't send this type to another origin without asking first. */
export function requireJson(contentType: string | undefined): void {
  if (contentType?.startsWith("application/json") !== true) {
    throw new CocoonError("request_malformed", { param: "content-type" });
  }
}

/** An answer that is whole. */
export async function wholeAnswer(
  cocoon: Cocoon,
  answers: readonly AnswerState[],
  body: object,
): Promise<Served> {
  const headers = await answerHeaders(cocoon, answers);
  return { response: Response.json(body, { headers }), answers };
}

type Stream<Event extends object> = {
  readonly answers: readonly AnswerState[];
  readonly events: AsyncGenerator<Event, void, undefined>;
  readonly wording?: EventWording<Event>;
};

/** An answer as it comes, once its first words are there: the status and headers leave with them. */
export async function streamedAnswer<Event extends object>(
  cocoon: Cocoon,
  { leave }: Asked,
  { answers, events, wording }: Stream<Event>,
): Promise<Served> {
  const source: AsyncIterable<Event> = {
    [Symbol.asyncIterator]: () => {
      return {
        next: () => events.next(),
        return: async () => {
          leave();
          return await events.return();
        },
      };
    },
  };
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    ...(await answerHeaders(cocoon, answers)),
  };
  return { response: new Response(eventStream(source, wording), { headers }), answers };
}
