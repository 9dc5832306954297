// POST /v1/messages: Anthropic's API, translated here.

import {
  type ChatChunk,
  encodeMessageEvent,
  encodeMessageFailure,
  messageErrorBody,
  type MessageEvent,
  MessageWriter,
  parseMessagesRequest,
} from "@cocoon/protocol";
import type { Burst } from "../session/index.ts";
import { type AskRoute, streamedAnswer, wholeAnswer } from "./ask-route.ts";
import { askChat } from "./chat-route.ts";

const wording = { event: encodeMessageEvent, end: "", failure: encodeMessageFailure };

export const messagesRoute: AskRoute = {
  path: "/v1/messages",
  refuse: (error) => {
    const { status, body, headers } = messageErrorBody(error);
    return Response.json(body, { status, headers });
  },
  serve: async (cocoon, asked) => {
    const { chat, stream } = parseMessagesRequest(asked.body);
    const choices = await askChat(cocoon, asked, [chat]);
    const { answers } = choices;
    const writer = new MessageWriter();
    if (stream) {
      const events = messageEvents(writer, await choices.open());
      return await streamedAnswer(cocoon, asked, { answers, events, wording });
    }
    for (const chunk of await choices.whole()) Array.from(writer.push(chunk));
    Array.from(writer.finish());
    return await wholeAnswer(cocoon, answers, writer.message());
  },
};

async function* messageEvents(
  writer: MessageWriter,
  bursts: AsyncIterable<Burst<ChatChunk>>,
): AsyncGenerator<Burst<MessageEvent>, void, undefined> {
  for await (const chunks of bursts) yield chunks.flatMap((chunk) => [...writer.push(chunk)]);
  yield [...writer.finish()];
}
