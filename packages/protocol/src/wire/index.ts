export { Connection, type ConnectionOptions } from "./connection.ts";
export { messageOverheadBytes, payloadBytesMax, windowBytes } from "./frame.ts";
export { greet, type GreetOptions } from "./greet.ts";
export {
  bindingBytes,
  encodeHello,
  type HelloTerms,
  type NodeRole,
  type PeerIdentity,
  verifyHello,
} from "./hello.ts";
export type { Carrier } from "./outbox.ts";
export { type ConnectionPair, createConnectionPair } from "./pair.ts";
export type { Side } from "./stream-table.ts";
export type { Stream } from "./stream.ts";
