// Streams as server-sent events: POST /api/streaming/v2/sse with the subscription as its body.

import type { IncomingMessage, ServerResponse } from "node:http";
import { sharedHeaders } from "../headers.ts";
import { readFields } from "../request.ts";
import { writeBounded } from "./bounded-write.ts";
import type { EventStreams, Listener } from "./event-streams.ts";
import { readSubscription } from "./subscription.ts";

/** Answers a request with a stream that ends with its connection. Throws request_malformed and queue_full. */
export async function openServerSent(
  streams: EventStreams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const subscription = readSubscription(await readFields(request));
  streams.requireRoom();
  if (response.destroyed) return;
  response.writeHead(200, {
    ...sharedHeaders,
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
  });
  const listener: Listener = {
    subscription,
    send: (event) => writeBounded(response, `data: ${JSON.stringify(event)}\n\n`),
    keepAlive: () => writeBounded(response, ": keepalive\n\n"),
    end: () => response.end(),
  };
  streams.add(listener);
  response.on("close", () => streams.drop(listener));
  listener.send({ status: "subscribed" });
}
