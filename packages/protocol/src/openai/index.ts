// The part of OpenAI's HTTP interface that the network serves: requests in, chunks, completions and errors out.

export { aggregateChunks } from "./aggregate-chunks.ts";
export { type Capability, type Need, needsOf } from "./capability.ts";
export { type ChunkHead, ChunkWriter, isUsageChunk } from "./chunks.ts";
export {
  type ChatChunk,
  type ChatCompletion,
  type ChatDelta,
  type ChunkChoice,
  type CompletionChoice,
  type CompletionToolCall,
  encodeUsage,
  type ChatFinishReason,
  type TokenLogprob,
  type ToolCallDelta,
  type UsageBody,
} from "./completion.ts";
export {
  type EmbeddingEvent,
  type EmbeddingRequest,
  embeddingTokensBound,
  encodeEmbedding,
  encodeEmbeddingUsage,
  parseEmbeddingRequest,
  readEmbeddingEvent,
  vectorToBase64,
} from "./embeddings.ts";
export { encodeChatRequest } from "./encode-request.ts";
export { errorBody, type ErrorAnswer, type ErrorBody } from "./error-body.ts";
export { Fields, malformed, schemaDepthMax, unsupported } from "./fields.ts";
export {
  encodeModelList,
  type ListedModel,
  type ModelListBody,
  parseModelList,
} from "./model-list.ts";
export { parseChunk, parseCompletionChunk, parseUsage } from "./parse-chunk.ts";
export { parseCompletionRequest } from "./parse-completion.ts";
export { decodeChatRequest, parseChatRequest } from "./parse-request.ts";
export { promptTokensBound } from "./prompt-bound.ts";
export { readRefusal } from "./read-refusal.ts";
export {
  type ChatMessage,
  type ChatRequest,
  contentText,
  type ImagePart,
  type JsonObject,
  type MessageContent,
  type ResponseFormat,
  type TextPart,
  type Tool,
  type ToolCall,
  type ToolChoice,
} from "./request.ts";
export { doneEvent, doneText, encodeEvent, EventReader, eventLengthMax } from "./sse.ts";
export { textChunkOf, type TextCompletion, textCompletionOf } from "./text-completion.ts";
