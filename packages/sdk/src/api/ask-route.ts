// What all routes that answer have in common: what is read, and how an answer leaves.

import { parseJson } from "@cocoon/protocol";
import type { Cocoon } from "../chat/index.ts";
import { answerFacts } from "./answer-facts.ts";
import { answerHeaders } from "./answer-headers.ts";
import { type Asked, optionsOf, requireJson } from "./asked.ts";
import type { KeptResponses } from "./kept-responses.ts";
import type { Burst } from "../session/index.ts";
import { chatWording, eventStream, type EventWording } from "./event-stream.ts";
import type { AnswerState, Served } from "./served.ts";

/** Reads a dialect, asks, and words the answer. Throws what it refuses. */
export type Serve = (cocoon: Cocoon, asked: Asked) => Promise<Served>;

/** A path to which applications POST what they ask. */
export type AskRoute = {
  readonly path: string;
  readonly serve: Serve;
  /** How the dialect words a refusal. Default: as OpenAI does. */
  readonly refuse?: (error: unknown) => Response;
};

export type AskedBy = {
  /** Aborts when the application leaves. */
  readonly signal: AbortSignal;
  /** Who asks, kept with the answer's payment. */
  readonly reference?: string | undefined;
  /** Where responses are kept that ask for it. Default: nowhere. */
  readonly kept?: KeptResponses | undefined;
};

/** What a request asks: its headers, and the text of its body. Throws request_malformed and tier_unknown. */
export function readAsked(
  headers: Headers,
  text: string,
  { signal, reference, kept }: AskedBy,
): Asked {
  requireJson(headers.get("content-type"));
  const leaving = new AbortController();
  const wantsContent = headers.get("x-cocoon-content") === "yes";
  return {
    body: parseJson(text, "request_malformed"),
    options: {
      ...optionsOf(headers),
      ...(reference !== undefined && { reference }),
      tokenIds: wantsContent,
      signal: AbortSignal.any([signal, leaving.signal]),
    },
    leave: () => leaving.abort(),
    wantsContent,
    kept,
  };
}

/** An answer that is whole, with the facts of it in `cocoon`. */
export async function wholeAnswer(
  cocoon: Cocoon,
  answers: readonly AnswerState[],
  body: object,
): Promise<Served> {
  const headers = await answerHeaders(cocoon, answers);
  const told = { ...body, cocoon: answerFacts(answers) };
  return { response: Response.json(told, { headers }), answers, ended: Promise.resolve() };
}

type Stream<Event extends object> = {
  readonly answers: readonly AnswerState[];
  readonly events: AsyncGenerator<Burst<Event>, void, undefined>;
  readonly wording?: EventWording<Event>;
};

/** An answer as it comes, once its first words are there: the status and headers leave with them. */
export async function streamedAnswer<Event extends object>(
  cocoon: Cocoon,
  { leave }: Asked,
  { answers, events, wording = chatWording }: Stream<Event>,
): Promise<Served> {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const source: AsyncIterable<Burst<Event>> = {
    [Symbol.asyncIterator]: () => {
      return {
        next: async () => {
          try {
            const next = await events.next();
            if (next.done === true) end();
            return next;
          } catch (error) {
            end();
            throw error;
          }
        },
        return: async () => {
          leave();
          return await events.return().finally(end);
        },
      };
    },
  };
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    ...(await answerHeaders(cocoon, answers)),
  };
  // What came together is written at once.
  const event = (burst: Burst<Event>): string => burst.map(wording.event).join("");
  const body = eventStream(source, { ...wording, event });
  return { response: new Response(body, { headers }), answers, ended };
}
