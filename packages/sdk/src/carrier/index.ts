export { dialWebSocket, type DialWebSocketOptions, type OpeningSocket } from "./dial-web-socket.ts";
export { maintain, type Maintained, type MaintainOptions } from "./maintain.ts";
export type { MessageSocket } from "./message-inbox.ts";
export {
  carryMessages,
  type CarryMessagesOptions,
  webSocketMessageBytesMax,
  webSocketProtocol,
} from "./message-socket.ts";
export {
  bufferedBytesMax,
  type DialerOptions,
  handshakeTimeoutMsDefault,
  type NodeOptions,
  type Peer,
  tickMs,
} from "./peer.ts";
export { systemTimers, type Timers } from "./timers.ts";
