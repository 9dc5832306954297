import { CocoonError, isErrorCode, JsonReader, parseJson } from "@cocoon/protocol";

/** The refusal in an OpenAI-shaped error; peer_misbehaved with the status when it is none of ours. */
export function refusalOf(status: number, text: string): CocoonError {
  const stranger = new CocoonError("peer_misbehaved", { status });
  try {
    const body = new JsonReader(parseJson(text, stranger.code), stranger.code);
    const error = body.object("error");
    const code = error.string("code", 64);
    const details = error.has("param") ? { param: error.string("param", 128) } : {};
    return isErrorCode(code) ? new CocoonError(code, details) : stranger;
  } catch {
    return stranger;
  }
}
