// The chain as TON's own tools see it: HTTP that an unmodified TonClient speaks.

export { type RunningServer, serveToncenter, type ServerOptions } from "./server.ts";
