export {
  type AnswerHead,
  answerHeadBytes,
  type AnswerOpener,
  type AnswerSealer,
  createAnswer,
  openAnswer,
  readAnswerHead,
} from "./answer.ts";
export { AnswerDigest } from "./answer-digest.ts";
export {
  type AnswerFrame,
  answerFrameBytesMax,
  encodeAnswerFrame,
  encodeEvents,
  eventBytesMax,
  frameTokensMax,
  type PaddingClass,
  parseAnswerFrame,
  type TokenKind,
} from "./answer-frame.ts";
export type { AnswerKey } from "./answer-key.ts";
export { isFinalChunk } from "./chunk.ts";
export { ExecutedRequests } from "./executed-requests.ts";
export {
  encodeRequestHeader,
  parseRequestHeader,
  type RequestHeader,
  requestHeaderBytesMax,
} from "./header.ts";
export type { HpkeContext } from "./hpke.ts";
export { type KeyConfig, keyLifetimeMaxMs, openKeyConfig } from "./key-config.ts";
export { createRecipient, Keyring, type KeyringOptions, type Recipient } from "./keyring.ts";
export { type OpenedRequest, openRequest } from "./opened-request.ts";
export {
  type PublicPart,
  readPublicHeader,
  requestExpiresMs,
  requireFreshRequest,
} from "./public-part.ts";
export {
  type PendingRequest,
  requestBodyBytesMax,
  type RequestToSeal,
  sealedRequestBytesMax,
  sealRequest,
} from "./request.ts";
export {
  createKeyPair,
  decapsulate,
  encapsulate,
  type PrivateKey,
  suiteDefault,
  type SuiteId,
} from "./suite.ts";
