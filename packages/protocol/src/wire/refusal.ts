// Why a stream was reset or a connection is ending, as it travels: JSON {code, details}.

import { textOf, utf8 } from "../bytes/index.ts";
import { JsonReader, parseJson } from "../codec/index.ts";
import { CocoonError, type ErrorCode, type ErrorDetails, isErrorCode } from "../errors/index.ts";

const refusalBytesMax = 2_048;
const detailsMax = 16;
/** Visible ASCII, so that a peer's text can't steer the terminal that shows it. */
const detailText = /^[ -~]{0,200}$/;

/** The payload of RESET and GOAWAY; details that don't fit are left out. */
export function encodeRefusal(code: ErrorCode, details: ErrorDetails = {}): Uint8Array {
  const payload = utf8(JSON.stringify({ code, details: boundedDetails(details) }));
  return payload.length <= refusalBytesMax ? payload : utf8(JSON.stringify({ code, details: {} }));
}

/** The refusal that a peer sent. A code that we don't know, or no refusal at all, is `peer_misbehaved`. */
export function readRefusal(payload: Uint8Array): CocoonError {
  try {
    const json = refusalReader(payload);
    const code = json.string("code", 64);
    if (!isErrorCode(code)) return new CocoonError("peer_misbehaved", { reason: "unknown code" });
    const details = json.unknown("details");
    return new CocoonError(code, boundedDetails(isRecord(details) ? details : {}));
  } catch (error) {
    if (error instanceof CocoonError) return error;
    throw error;
  }
}

function refusalReader(payload: Uint8Array): JsonReader {
  const text = payload.length <= refusalBytesMax ? textOf(payload) : undefined;
  return new JsonReader(parseJson(text ?? "", "peer_misbehaved"), "peer_misbehaved");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Only what an error's details may hold, and not much of it: the peer's text ends up in our logs. */
function boundedDetails(details: Readonly<Record<string, unknown>>): ErrorDetails {
  const kept = Object.entries(details).filter(
    (field): field is [string, string | number | boolean] =>
      /^[A-Za-z][A-Za-z0-9]{0,31}$/.test(field[0]) && isDetail(field[1]),
  );
  return Object.fromEntries(kept.slice(0, detailsMax));
}

function isDetail(value: unknown): boolean {
  if (typeof value === "string") return detailText.test(value);
  return typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}
