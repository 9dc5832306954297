// POST /v1/chat/completions: OpenAI in, a sealed, paid and receipted answer out.

import { type ChatChunk, isUsageChunk } from "@cocoon/protocol";
import type { Cocoon } from "../chat/index.ts";
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
    const chunks = withoutUsage(await choices.open(), request.includeUsage);
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

/** Workers always report usage; an application that did not ask for it does not see the extra chunk. */
export async function* withoutUsage(
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
  answers: readonly AnswerState[],
): AsyncGenerator<ChatChunk | ContentEvent, void, undefined> {
  yield* chunks;
  yield* contentOf(answers);
}

function contentOf(answers: readonly AnswerState[]): readonly ContentEvent[] {
  return answers.flatMap(({ completed }) =>
    completed === undefined ? [] : contentEvents(completed.content),
  );
}
