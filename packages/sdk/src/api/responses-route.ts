// POST /v1/responses: OpenAI's newer API, translated here. Nothing of it is kept.

import {
  type ChatChunk,
  encodeResponseEvent,
  encodeResponseFailure,
  parseResponsesRequest,
  type ResponseEvent,
  ResponseWriter,
} from "@cocoon/protocol";
import { type AskRoute, streamedAnswer, wholeAnswer } from "./ask-route.ts";
import { askChat } from "./chat-route.ts";

export const responsesRoute: AskRoute = {
  path: "/v1/responses",
  serve: async (cocoon, asked) => {
    const { chat, stream, repeated } = parseResponsesRequest(asked.body);
    const choices = await askChat(cocoon, asked, [chat]);
    const { answers } = choices;
    const writer = new ResponseWriter(repeated);
    if (stream) {
      let sequence = 0;
      return await streamedAnswer(cocoon, asked, {
        answers,
        events: responseEvents(writer, await choices.open()),
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
    return await wholeAnswer(cocoon, answers, writer.response());
  },
};

async function* responseEvents(
  writer: ResponseWriter,
  chunks: AsyncIterable<ChatChunk>,
): AsyncGenerator<ResponseEvent, void, undefined> {
  for await (const chunk of chunks) yield* writer.push(chunk);
  yield* writer.finish();
}
