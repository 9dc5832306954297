// The same frames for those who have nothing but HTTP: browsers, and networks that let nothing else through.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  carryMessages,
  systemTimers,
  webSocketMessageBytesMax,
  webSocketProtocol,
} from "@cocoon/sdk";
import { type WebSocket, WebSocketServer } from "ws";
import { lingerMs } from "./carry.ts";
import { createGuests } from "./guests.ts";
import type { WelcomeOptions } from "./guests.ts";

export type WebSockets = {
  /** For the owner of an HTTP server: takes over a request to upgrade. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Refuses new streams on all connections; each closes when its last stream is over. */
  goAway(): void;
  /** Ends all connections now, and resolves when all sockets are closed. */
  close(): Promise<void>;
};

/** Takes nodes that come as WebSockets of an HTTP server. */
export function acceptWebSockets(options: WelcomeOptions): WebSockets {
  const { timers = systemTimers } = options;
  const guests = createGuests(options);
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // What is sealed does not get smaller, and compressing beside secrets tells about them.
    perMessageDeflate: false,
    maxPayload: webSocketMessageBytesMax,
    handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
  });
  const welcome = async (webSocket: WebSocket, socket: Socket): Promise<void> => {
    const stranger = guests.admission.find(socket);
    const error = await carryMessages(webSocket, {
      ...options,
      side: "listener",
      remoteAddress: socket.remoteAddress,
      onPeer: (peer) => guests.seat(socket, peer),
    });
    if (stranger !== undefined && error !== undefined) stranger.code = error.code;
    if (webSocket.readyState === webSocket.CLOSED) return;
    const cancel = timers.after(lingerMs, () => webSocket.terminate());
    webSocket.once("close", cancel);
  };
  return {
    upgrade: (request, duplex, head) => {
      // Node gives the socket itself here; its type promises less.
      // oxlint-disable-next-line no-unsafe-type-assertion
      const socket = duplex as Socket;
      socket.on("error", () => undefined);
      guests.admission.take(socket);
      if (socket.destroyed) return;
      server.handleUpgrade(request, socket, head, (accepted) => void welcome(accepted, socket));
    },
    goAway: () => guests.goAway(),
    close: async () => {
      await guests.close();
      server.close();
    },
  };
}
