import { CocoonError } from "@cocoon/protocol";

/** What a peer may be told of a failure. */
export function refusalOf(error: unknown): CocoonError {
  return error instanceof CocoonError ? error : new CocoonError("internal", {}, { cause: error });
}
