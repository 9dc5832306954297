export { createDevnetPayer, type DevnetPayer } from "./devnet-payer.ts";
export { openPageClient, type PageClient, type PageClientOptions } from "./page-client.ts";
export { type PageNetwork, type PageProxy, parsePageNetwork } from "./page-network.ts";
