// What a proxy tells anyone who asks: GET /status.

import { JsonReader, parseJson, type ProxyStatus, readStatus } from "@cocoon/protocol";

const malformed = "peer_misbehaved";
const timeoutMs = 10_000;

/** Throws peer_misbehaved for what is no status, and what fetch() throws. */
export async function fetchStatus(url: string): Promise<ProxyStatus> {
  const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(timeoutMs) });
  return readStatus(new JsonReader(parseJson(await response.text(), malformed), malformed));
}
