// One file from a vendor's server. Nobody there is trusted: what comes is signed, bounded in size, and late at its peril.

import { CocoonError, concatBytes } from "@cocoon/protocol";

export type Downloaded = { readonly bytes: Uint8Array; readonly headers: Headers };

export type DownloadOptions = {
  readonly sizeBytesMax: number;
  readonly timeoutMs: number;
};

/**
 * What a URL answers. Throws collateral_unavailable when the server is away, slow, answers with another status than
 * 200, sends somewhere else, or sends more than it may.
 */
export async function download(
  url: string,
  { sizeBytesMax, timeoutMs }: DownloadOptions,
): Promise<Downloaded> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    // Followed, a redirect would lead to hosts that nobody configured.
    const response = await fetch(url, { signal, redirect: "manual" });
    if (response.status !== 200) {
      await response.body?.cancel();
      refuse(url, "status", { status: response.status });
    }
    return { bytes: await readBody(response, url, sizeBytesMax), headers: response.headers };
  } catch (cause) {
    if (cause instanceof CocoonError) throw cause;
    return refuse(url, signal.aborted ? "timeout" : "unreachable", {}, cause);
  }
}

async function readBody(
  { body }: Response,
  url: string,
  sizeBytesMax: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  // oxlint-disable-next-line no-unsafe-type-assertion -- the types of fetch do not say that a body holds bytes
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += piece.length;
    if (sizeBytes > sizeBytesMax) refuse(url, "too large");
    pieces.push(piece);
  }
  return concatBytes(...pieces);
}

function refuse(url: string, reason: string, details: object = {}, cause?: unknown): never {
  const { host } = new URL(url);
  throw new CocoonError("collateral_unavailable", { host, reason, ...details }, { cause });
}
