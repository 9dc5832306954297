// Streams as WebSockets: GET /api/streaming/v2/ws, then one JSON object a message.
//
//   {"operation": "subscribe", "id", "addresses", "types", "min_finality"}    in place of the subscription before
//   {"operation": "unsubscribe", "id", "addresses"}                           takes addresses out of it
//   {"operation": "ping", "id"}
//
// The answers repeat the id: {"id", "status": "subscribed" | "unsubscribed" | "pong"}, or {"id", "error", "code"}.

import { CocoonError } from "@cocoon/protocol";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { bodyBytesMax, parseFields } from "../request.ts";
import { unreadBytesMax } from "./bounded-write.ts";
import type { EventStreams, Listener } from "./event-streams.ts";
import { readSubscription, withoutAddresses } from "./subscription.ts";

/** How long a client that does not answer may hold up a stop. */
const closeTimeoutMs = 2_000;
/** "Going away" (RFC 6455 section 7.4.1). */
const goingAway = 1001;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: bodyBytesMax,
});

/** Takes over a request to upgrade. Throws queue_full before that. */
export function openWebSocket(
  streams: EventStreams,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  streams.requireRoom();
  server.handleUpgrade(request, socket, head, (webSocket) => listen(streams, webSocket));
}

function listen(streams: EventStreams, webSocket: WebSocket): void {
  let isHeard = true;
  const listener: Listener = {
    subscription: undefined,
    send: (event) => sendBounded(webSocket, event),
    keepAlive: () => {
      if (!isHeard) webSocket.terminate();
      if (webSocket.readyState !== webSocket.OPEN) return false;
      isHeard = false;
      webSocket.ping();
      return true;
    },
    end: () => {
      webSocket.close(goingAway);
      setTimeout(() => webSocket.terminate(), closeTimeoutMs).unref();
    },
  };
  streams.add(listener);
  webSocket.on("pong", () => (isHeard = true));
  webSocket.on("message", (message: Buffer) => {
    isHeard = true;
    sendBounded(webSocket, answerTo(listener, message.toString()));
  });
  // Whatever is wrong with a client's frames, `ws` closes the socket itself.
  webSocket.on("error", () => undefined);
  webSocket.on("close", () => streams.drop(listener));
}

function sendBounded(webSocket: WebSocket, event: object): boolean {
  if (webSocket.readyState !== webSocket.OPEN) return false;
  webSocket.send(JSON.stringify(event));
  if (webSocket.bufferedAmount <= unreadBytesMax) return true;
  webSocket.terminate();
  return false;
}

function answerTo(listener: Listener, text: string): object {
  let id: unknown;
  try {
    const fields = parseFields(text);
    ({ id } = fields);
    return { id, status: perform(listener, fields) };
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    return { id, error: error.message, code: error.row.status };
  }
}

/** Does what a client asks for and says how that is called when done. Throws request_malformed. */
function perform(listener: Listener, fields: Readonly<Record<string, unknown>>): string {
  switch (fields["operation"]) {
    case "subscribe":
      listener.subscription = readSubscription(fields);
      return "subscribed";
    case "unsubscribe":
      listener.subscription = withoutAddresses(listener.subscription, fields);
      return "unsubscribed";
    case "ping":
      return "pong";
    default:
      throw new CocoonError("request_malformed", { field: "operation" });
  }
}
