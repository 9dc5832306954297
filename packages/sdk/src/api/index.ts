export { type Api, type ApiModules, askRoutes, createApi } from "./api.ts";
export { type AskedBy, type AskRoute, readAsked, type Serve } from "./ask-route.ts";
export { requireJson } from "./asked.ts";
export { eventStream, type EventWording } from "./event-stream.ts";
export { baseUrl, createFetch } from "./fetch.ts";
export { deleteKept, KeptResponses, serveKept } from "./kept-responses.ts";
export { type ModelSource, serveModel, serveModels } from "./models.ts";
export {
  type NetworkName,
  proofFileOf,
  type ReceiptAsked,
  type ReceiptSource,
  serveReceipt,
  serveReceipts,
} from "./receipts.ts";
export type { AnswerState, Served } from "./served.ts";
