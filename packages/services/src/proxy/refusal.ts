import { CocoonError, type ErrorCode, handsOver } from "@cocoon/protocol";

/** What a peer may be told of a failure. */
export function refusalOf(error: unknown): CocoonError {
  return error instanceof CocoonError ? error : new CocoonError("internal", {}, { cause: error });
}

/** What only a worker can find wrong with a request, because only it sees inside. */
const requestCodes: ReadonlySet<ErrorCode> = new Set([
  "request_malformed",
  "request_too_large",
  "model_unknown",
  "context_too_long",
  "capability_missing",
  "route_unknown",
]);

/**
 * What a client may be told of a worker's failure: what is wrong with its request, or that another worker may do better.
 * What stands between proxy and worker, such as an unpaid voucher or a full disk, is not the client's affair.
 */
export function workerRefusalOf(error: unknown): CocoonError {
  const refusal = refusalOf(error);
  const { code } = refusal;
  if (requestCodes.has(code) || handsOver(code)) return refusal;
  return new CocoonError("engine_failed", { reason: code }, { cause: error });
}
