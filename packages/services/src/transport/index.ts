export type { Refusal } from "./admission.ts";
export { dial, type DialOptions } from "./dial.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
export { maintain, type Maintained, type MaintainOptions } from "./maintain.ts";
export type { NodeOptions, Peer } from "./peer.ts";
export { systemTimers, type Timers } from "./timers.ts";
