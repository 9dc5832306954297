import { JsonReader, parseJson } from "../codec/index.ts";
import { CocoonError, isErrorCode } from "../errors/index.ts";

/** What errorBody() wrote, as it was thrown; peer_misbehaved with the status when it is none of ours. */
export function readRefusal(status: number, text: string): CocoonError {
  const stranger = new CocoonError("peer_misbehaved", { status });
  try {
    const body = new JsonReader(parseJson(text, stranger.code), stranger.code);
    const error = body.object("error");
    const code = error.string("code", 64);
    const param = error.unknown("param");
    const details = typeof param === "string" ? { param } : {};
    return isErrorCode(code) ? new CocoonError(code, details) : stranger;
  } catch {
    return stranger;
  }
}
