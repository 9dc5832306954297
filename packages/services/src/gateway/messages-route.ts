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
import type { HttpApp } from "../http/index.ts";
import { addAskRoute, type Serve, streamedAnswer, wholeAnswer } from "./ask-route.ts";
import { askChat } from "./chat-route.ts";
import type { Gateway } from "./run.ts";

const wording = { event: encodeMessageEvent, end: "", failure: encodeMessageFailure };

export function addMessagesRoute(app: HttpApp, gateway: Gateway): void {
  addAskRoute(app, gateway, {
    path: "/v1/messages",
    serve: serveMessages(gateway),
    refuse: (error) => {
      const { status, body, headers } = messageErrorBody(error);
      return Response.json(body, { status, headers });
    },
  });
}

function serveMessages(gateway: Gateway): Serve {
  const { cocoon } = gateway;
  return async (asked) => {
    const { chat, stream } = parseMessagesRequest(asked.body);
    const choices = await askChat(gateway, asked, [chat]);
    const { answers } = choices;
    const writer = new MessageWriter();
    if (stream) {
      const events = messageEvents(writer, await choices.open());
      return await streamedAnswer(cocoon, asked, { answers, events, wording });
    }
    for (const chunk of await choices.whole()) Array.from(writer.push(chunk));
    Array.from(writer.finish());
    return await wholeAnswer(cocoon, answers, writer.message());
  };
}

async function* messageEvents(
  writer: MessageWriter,
  chunks: AsyncIterable<ChatChunk>,
): AsyncGenerator<MessageEvent, void, undefined> {
  for await (const chunk of chunks) yield* writer.push(chunk);
  yield* writer.finish();
}
