// POST /v1/chat/completions: OpenAI in, a sealed, paid and receipted answer out.

import { type ChatChunk, isUsageChunk } from "@cocoon/protocol";
import type { Cocoon } from "../chat/index.ts";
import type { Burst } from "../session/index.ts";
import { answerFacts, type AnswerFacts } from "./answer-facts.ts";
import { type AskRoute, streamedAnswer, wholeAnswer } from "./ask-route.ts";
import type { Asked } from "./asked.ts";
import { bodiesOf, Choices } from "./choices.ts";
import { type ContentEvent, contentEvents } from "./content-events.ts";
import type { AnswerState } from "./served.ts";

export const chatRoute: AskRoute = {
  path: "/v1/chat/completions",
  serve: async (cocoon, asked) => {
    const choices = await askChat(cocoon, asked, bodiesOf(asked.body));
    const { answers, request } = choices;
    if (!request.stream) {
      const completion = await choices.completion();
      const content = asked.wantsContent ? { cocoon_content: contentOf(answers) } : {};
      return await wholeAnswer(cocoon, answers, { ...completion, ...content });
    }
    const chunks = await toldChunks(choices);
    const events = asked.wantsContent ? withContent(chunks, answers) : chunks;
    return await streamedAnswer(cocoon, asked, { answers, events });
  },
};

/** One answer for each body of a chat completion. */
export async function askChat(
  cocoon: Cocoon,
  { options }: Asked,
  bodies: readonly unknown[],
): Promise<Choices> {
  return new Choices(await Promise.all(bodies.map((body) => cocoon.chat(body, options))));
}

/**
 * The chunks for an application, once each answer has begun. Workers always report usage; an application that did not
 * ask for it does not see the extra chunk. One that did sees the facts of the answer there: all of it is complete by then.
 */
export async function toldChunks(
  choices: Choices,
): Promise<AsyncGenerator<Burst<ToldChunk>, void, undefined>> {
  const { answers, request } = choices;
  return told(await choices.open(), (usage) =>
    request.includeUsage ? [{ ...usage, cocoon: answerFacts(answers) }] : [],
  );
}

export type ToldChunk = ChatChunk & { readonly cocoon?: AnswerFacts };

async function* told(
  bursts: AsyncIterable<Burst<ChatChunk>>,
  ofUsage: (chunk: ChatChunk) => readonly ToldChunk[],
): AsyncGenerator<Burst<ToldChunk>, void, undefined> {
  for await (const chunks of bursts) {
    yield chunks.flatMap((chunk) => (isUsageChunk(chunk) ? ofUsage(chunk) : [chunk]));
  }
}

/** Content comes last: before the answer is complete there is no receipt that it belongs to. */
async function* withContent(
  bursts: AsyncIterable<Burst<ToldChunk>>,
  answers: readonly AnswerState[],
): AsyncGenerator<Burst<ToldChunk | ContentEvent>, void, undefined> {
  yield* bursts;
  yield contentOf(answers);
}

function contentOf(answers: readonly AnswerState[]): readonly ContentEvent[] {
  return answers.flatMap(({ completed }) =>
    completed === undefined ? [] : contentEvents(completed.content),
  );
}
