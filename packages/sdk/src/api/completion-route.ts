// POST /v1/completions: texts in, what follows them out.

import { CocoonError, textChunkOf, type TextCompletion, textCompletionOf } from "@cocoon/protocol";
import type { Burst } from "../session/index.ts";
import { type AskRoute, streamedAnswer, wholeAnswer } from "./ask-route.ts";
import { toldChunks, type ToldChunk } from "./chat-route.ts";
import { bodiesOf, Choices, choicesMax, isObject } from "./choices.ts";

export const completionRoute: AskRoute = {
  path: "/v1/completions",
  serve: async (cocoon, asked) => {
    const { bodies, isEchoed } = promptBodies(asked.body);
    const { options } = asked;
    const answers = await Promise.all(bodies.map((body) => cocoon.complete(body, options)));
    const choices = new Choices(answers);
    const before = (index: number): string =>
      isEchoed ? (answers[index]?.request.prompt ?? "") : "";
    const { request } = choices;
    if (!request.stream) {
      const completion = textCompletionOf(await choices.completion(), before);
      return await wholeAnswer(cocoon, answers, completion);
    }
    const events = textChunks(await toldChunks(choices), before);
    return await streamedAnswer(cocoon, asked, { answers, events });
  },
};

type Prompts = { readonly bodies: readonly unknown[]; readonly isEchoed: boolean };

/** One request for each choice of each prompt. What is no list of prompts is left to be refused. */
function promptBodies(body: unknown): Prompts {
  if (!isObject(body)) return { bodies: [body], isEchoed: false };
  const { echo, ...asked } = body;
  const { prompt } = asked;
  const isEchoed = echo === true;
  const bare = isEchoed || echo === false ? asked : body;
  if (!Array.isArray(prompt) || prompt.length === 0) return { bodies: bodiesOf(bare), isEchoed };
  if (prompt.some((one: unknown) => typeof one !== "string")) {
    throw new CocoonError("capability_missing", { param: "prompt", reason: "tokens" });
  }
  const bodies = prompt.flatMap((one: unknown) => bodiesOf({ ...bare, prompt: one }));
  if (bodies.length > choicesMax) {
    throw new CocoonError("capability_missing", { param: "prompt", max: choicesMax });
  }
  return { bodies, isEchoed };
}

/** The prompt stands before the first words of its choice. */
async function* textChunks(
  bursts: AsyncIterable<Burst<ToldChunk>>,
  before: (index: number) => string,
): AsyncGenerator<Burst<TextCompletion>, void, undefined> {
  const begun = new Set<number>();
  const textOf = (chunk: ToldChunk): TextCompletion => {
    const { choices, ...rest } = textChunkOf(chunk);
    return {
      ...rest,
      choices: choices.map((choice) => {
        if (begun.has(choice.index)) return choice;
        begun.add(choice.index);
        return { ...choice, text: before(choice.index) + choice.text };
      }),
    };
  };
  for await (const chunks of bursts) yield chunks.map(textOf);
}
