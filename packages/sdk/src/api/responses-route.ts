// POST /v1/responses: OpenAI's newer API, translated here. Nothing of it is kept, unless the client keeps responses and the
// request asks for it.

import {
  type ChatChunk,
  encodeResponseEvent,
  encodeResponseFailure,
  parseResponsesRequest,
  type ResponseEvent,
  ResponseWriter,
} from "@cocoon/protocol";
import type { Burst } from "../session/index.ts";
import { answerFacts } from "./answer-facts.ts";
import { type AskRoute, streamedAnswer, wholeAnswer } from "./ask-route.ts";
import type { Asked } from "./asked.ts";
import { askChat } from "./chat-route.ts";
import { isObject } from "./choices.ts";
import { type RecalledRequest, toldNothing } from "./kept-responses.ts";
import type { AnswerState } from "./served.ts";

export const responsesRoute: AskRoute = {
  path: "/v1/responses",
  serve: async (cocoon, asked) => {
    const recalled = recall(asked);
    const { chat, stream, repeated } = parseResponsesRequest(recalled.body);
    const choices = await askChat(cocoon, asked, [chat]);
    const { answers } = choices;
    const writer = new ResponseWriter({ ...repeated, ...recalled.told });
    const keep = (): void => keepResponse(writer, recalled, asked);
    if (stream) {
      let sequence = 0;
      return await streamedAnswer(cocoon, asked, {
        answers,
        events: withFacts(responseEvents(writer, await choices.open(), keep), answers),
        wording: {
          event: (event) => {
            sequence = event.sequence_number + 1;
            return encodeResponseEvent(event);
          },
          end: "",
          failure: (error) => encodeResponseFailure(error, sequence),
        },
      });
    }
    for (const chunk of await choices.whole()) Array.from(writer.push(chunk));
    Array.from(writer.finish());
    keep();
    return await wholeAnswer(cocoon, answers, writer.response());
  },
};

function recall({ body, kept, options }: Asked): RecalledRequest {
  return kept?.recall(body, options.reference ?? "") ?? { body, told: toldNothing };
}

function keepResponse(
  writer: ResponseWriter,
  recalled: RecalledRequest,
  { kept, options }: Asked,
): void {
  if (recalled.told.store) kept?.keep(writer.response(), recalled, options.reference ?? "");
}

/** It is kept when the application hears of its end: the next request may follow at once. */
async function* responseEvents(
  writer: ResponseWriter,
  bursts: AsyncIterable<Burst<ChatChunk>>,
  keep: () => void,
): AsyncGenerator<Burst<ResponseEvent>, void, undefined> {
  for await (const chunks of bursts) yield chunks.flatMap((chunk) => [...writer.push(chunk)]);
  const last = [...writer.finish()];
  keep();
  yield last;
}

/** The last event has the response with the facts of its answer. */
async function* withFacts(
  bursts: AsyncIterable<Burst<ResponseEvent>>,
  answers: readonly AnswerState[],
): AsyncGenerator<Burst<ResponseEvent>, void, undefined> {
  const withFact = (event: ResponseEvent): ResponseEvent => {
    const { response } = event;
    const isWhole = answers.every(({ completed }) => completed !== undefined);
    return isObject(response) && isWhole
      ? { ...event, response: { ...response, cocoon: answerFacts(answers) } }
      : event;
  };
  for await (const events of bursts) yield events.map(withFact);
}
