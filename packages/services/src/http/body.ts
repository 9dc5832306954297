import { Readable } from "node:stream";
import { CocoonError, parseJson, textOf } from "@cocoon/protocol";
import type { HttpContext } from "./app.ts";

/**
 * The text of a request. Throws request_too_large as soon as more than the limit is announced or has arrived, so that a
 * body of any size costs no more memory than the limit, cancelled when the client leaves before it said all, and
 * request_malformed for what is not UTF-8.
 */
export async function readTextRequest(context: HttpContext, bytesMax: number): Promise<string> {
  const announced = Number(context.req.header("content-length") ?? 0);
  if (announced > bytesMax) throw new CocoonError("request_too_large", { bytesMax });
  const text = textOf(await readBounded(piecesOf(context), bytesMax));
  if (text === undefined) throw new CocoonError("request_malformed", { reason: "not UTF-8" });
  return text;
}

/** The JSON of a request; throws as readTextRequest() does, and request_malformed for anything that is not JSON. */
export async function readJsonRequest(context: HttpContext, bytesMax: number): Promise<unknown> {
  return parseJson(await readTextRequest(context, bytesMax), "request_malformed");
}

/**
 * What arrives, as Node has it: a web stream around it would cost more than reading it. Left early it is not cancelled, which
 * would take its socket along, and with it the refusal.
 */
function piecesOf(context: HttpContext): AsyncIterable<Uint8Array> {
  // There is no such thing where an app is called without a socket.
  const incoming = context.env?.incoming;
  if (incoming !== undefined) return incoming.iterator({ destroyOnReturn: false });
  return context.req.raw.body ?? Readable.from([]);
}

async function readBounded(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const piece of body) {
      sizeBytes += piece.length;
      if (sizeBytes > bytesMax) throw new CocoonError("request_too_large", { bytesMax });
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof CocoonError) throw error;
    throw new CocoonError("cancelled", { reason: "the body broke off" }, { cause: error });
  }
  return Buffer.concat(pieces, sizeBytes);
}
