// POST /v1/chat/completions: OpenAI in, a sealed, paid and receipted answer out.

import {
  type ChatChunk,
  CocoonError,
  isUsageChunk,
  nanotons,
  type Nanotons,
  operatorNotice,
  parseTon,
  privacies,
  type Privacy,
  type Tier,
  tiers,
} from "@cocoon/protocol";
import type { AnswerOptions, ChatAnswer, Cocoon } from "@cocoon/sdk";
import { type ContentEvent, contentEvents } from "./content-events.ts";
import { eventStream, type HttpApp, type HttpContext, readJsonRequest } from "../http/index.ts";

export function addChatRoute(app: HttpApp, cocoon: Cocoon, bodyBytesMax: number): void {
  app.post("/v1/chat/completions", async (context) => {
    const body = await readJsonRequest(context, bodyBytesMax);
    const leaving = new AbortController();
    const signal = AbortSignal.any([context.req.raw.signal, leaving.signal]);
    const wantsContent = context.req.header("x-cocoon-content") === "yes";
    const options = { ...optionsOf(context), tokenIds: wantsContent, signal };
    const answer = await cocoon.chat(body, options);
    if (!answer.request.stream) {
      const completion = await answer.completion();
      const content = wantsContent ? { cocoon_content: contentOf(answer) } : {};
      const headers = await answerHeaders(cocoon, answer);
      return Response.json({ ...completion, ...content }, { headers });
    }
    return await streamAnswer(cocoon, answer, { leaving, wantsContent });
  });
}

/** The status and headers of a stream leave with its first chunk, so that a refusal still is a plain HTTP error. */
async function streamAnswer(
  cocoon: Cocoon,
  answer: ChatAnswer,
  { leaving, wantsContent }: { readonly leaving: AbortController; readonly wantsContent: boolean },
): Promise<Response> {
  const chunks = answer.chunks();
  const first = await chunks.next();
  const bare = withoutUsage(resume(first, chunks), answer.request.includeUsage);
  const source: AsyncGenerator<object, void, undefined> = wantsContent
    ? withContent(bare, answer)
    : bare;
  return new Response(eventStream(abortingOnReturn(source, leaving)), {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      ...(await answerHeaders(cocoon, answer)),
    },
  });
}

async function* resume<Value>(
  first: IteratorResult<Value, void>,
  rest: AsyncIterable<Value>,
): AsyncGenerator<Value, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

/** Workers always report usage; an application that did not ask for it does not see the extra chunk. */
async function* withoutUsage(
  chunks: AsyncIterable<ChatChunk>,
  isWanted: boolean,
): AsyncGenerator<ChatChunk, void, undefined> {
  for await (const chunk of chunks) {
    if (isWanted || !isUsageChunk(chunk)) yield chunk;
  }
}

/** Content comes last: before the answer is complete there is no receipt that it belongs to. */
async function* withContent(
  chunks: AsyncIterable<ChatChunk>,
  answer: ChatAnswer,
): AsyncGenerator<ChatChunk | ContentEvent, void, undefined> {
  yield* chunks;
  yield* contentOf(answer);
}

function contentOf({ completed }: ChatAnswer): readonly ContentEvent[] {
  return completed === undefined ? [] : contentEvents(completed.content);
}

/** A generator that waits for its next value can't be left; aborting wakes it. */
function abortingOnReturn<Value>(
  source: AsyncGenerator<Value, void, undefined>,
  leaving: AbortController,
): AsyncIterable<Value> {
  return {
    [Symbol.asyncIterator]: () => {
      return {
        next: () => source.next(),
        return: async () => {
          leaving.abort();
          return await source.return();
        },
      };
    },
  };
}

async function answerHeaders(cocoon: Cocoon, answer: ChatAnswer): Promise<Record<string, string>> {
  const { running } = answer;
  if (running === undefined) throw new CocoonError("internal");
  const { claims, tier } = running.worker;
  const notice = operatorNotice(tier);
  return {
    "x-cocoon-receipt": running.request,
    "x-cocoon-worker": claims.workerId,
    "x-cocoon-tier": tier,
    ...(notice !== undefined && { "x-cocoon-notice": notice }),
    ...(await pendingHeader(cocoon, answer)),
  };
}

/** An answer that is there is given, whether or not the chain could be asked what comes next. */
async function pendingHeader(cocoon: Cocoon, answer: ChatAnswer): Promise<Record<string, string>> {
  try {
    const changes = await cocoon.changesAhead(answer);
    if (changes.length === 0) return {};
    const entries = changes.map(({ id, executeAtSeconds }) => `${id};at=${executeAtSeconds}`);
    return { "x-cocoon-pending-change": entries.join(", ") };
  } catch (error) {
    if (error instanceof CocoonError) return {};
    throw error;
  }
}

/** x-cocoon-tier raises the tier, x-cocoon-privacy the privacy; x-cocoon-max-price caps both prices, in TON per million tokens. */
function optionsOf(context: HttpContext): Omit<AnswerOptions, "signal"> {
  const tier = context.req.header("x-cocoon-tier");
  const privacy = context.req.header("x-cocoon-privacy");
  const price = context.req.header("x-cocoon-max-price");
  const cap = price === undefined ? undefined : capOf(price);
  return {
    ...(tier !== undefined && { tier: tierOf(tier) }),
    ...(privacy !== undefined && { privacy: privacyOf(privacy) }),
    ...(cap !== undefined && { promptPerMillionMax: cap, completionPerMillionMax: cap }),
  };
}

function tierOf(text: string): Tier {
  const tier = tiers.find((candidate) => candidate === text);
  if (tier === undefined) throw new CocoonError("tier_unknown", { param: "x-cocoon-tier" });
  return tier;
}

function privacyOf(text: string): Privacy {
  const privacy = privacies.find((candidate) => candidate === text);
  if (privacy === undefined) {
    throw new CocoonError("request_malformed", { param: "x-cocoon-privacy" });
  }
  return privacy;
}

function capOf(text: string): Nanotons {
  const cap = parseTon(text);
  if (cap === undefined) {
    throw new CocoonError("request_malformed", { param: "x-cocoon-max-price" });
  }
  return nanotons(cap);
}
