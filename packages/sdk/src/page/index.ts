export { createDevnetPayer, type DevnetPayerOptions } from "./devnet-payer.ts";
export type { HeldChannel, PageChannels } from "./page-channels.ts";
export { openPageClient, type PageClient, type PageClientOptions } from "./page-client.ts";
export { type PageNetwork, type PageProxy, parsePageNetwork } from "./page-network.ts";
