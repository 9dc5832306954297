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
  strictEventBytesMax,
  strictFrameBytes,
  strictFrameTokensMax,
} from "./answer-frame.ts";
export type { AnswerKey } from "./answer-key.ts";
export { isFinalChunk } from "./chunk.ts";
export { ExecutedRequests } from "./executed-requests.ts";
export {
  type Alternate,
  alternatesMax,
  encodeRequestHeader,
  parseRequestHeader,
  recipientTerms,
  type RequestHeader,
  requestHeaderBytesMax,
} from "./header.ts";
export type { HpkeContext } from "./hpke.ts";
export { type KeyConfig, keyLifetimeMaxMs, openKeyConfig, requireInTime } from "./key-config.ts";
export { createRecipient, Keyring, type KeyringOptions, type Recipient } from "./keyring.ts";
export { KeptSessions } from "./kept-sessions.ts";
export { type OpenedRequest, type OpeningContext, openRequest } from "./opened-request.ts";
export { privacies, type Privacy } from "./privacy.ts";
export {
  type PublicPart,
  readPublicHeader,
  recipientsMax,
  requestExpiresMs,
  type RequestFlags,
  requireFreshRequest,
} from "./public-part.ts";
export {
  type PendingRecipient,
  type PendingRequest,
  releaseBytes,
  requestBodyBytesMax,
  type RequestToSeal,
  sealedRequestBytesMax,
  sealRequest,
} from "./request.ts";
export { SessionKey, sessionLifetimeMs, sessionRequestsMax } from "./session-key.ts";
export {
  createKeyPair,
  decapsulate,
  encapsulate,
  type PrivateKey,
  requireSuite,
  suiteDefault,
  type SuiteId,
} from "./suite.ts";
