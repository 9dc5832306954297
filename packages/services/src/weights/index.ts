export type { DownloadOptions } from "./download.ts";
export type { Hub, HubFile } from "./hub.ts";
export { listWeights, pullWeights, readShelved, type ShelvedWeights } from "./shelf.ts";
export { parseWeightsSource, type WeightsSource } from "./source.ts";
