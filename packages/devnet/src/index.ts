// Everything public, by hand.

export { type Devnet, type DevnetOptions, startDevnet } from "./start-devnet.ts";
export * from "./vendor/index.ts";
