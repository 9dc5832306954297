// Everything public, by hand.

export { devnetNetworkId } from "./ledger/index.ts";
export { type Devnet, type DevnetOptions, startDevnet } from "./start-devnet.ts";
export * from "./vendor/index.ts";
