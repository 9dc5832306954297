import type { NetworkConfig } from "./network.ts";

/** An endpoint as a chain client takes it. */
export type ChainEndpoint = { readonly url: string; readonly apiKey?: string };

/**
 * The endpoints of a network, with the API key for those that it belongs to: toncenter's own, over TLS. No other server
 * gets to see it.
 */
export function chainEndpoints(
  { endpoints }: Pick<NetworkConfig, "endpoints">,
  toncenterKey: string | undefined,
): readonly ChainEndpoint[] {
  return endpoints.map((url) => {
    const isTheirs = toncenterKey !== undefined && isToncenter(url);
    return { url, ...(isTheirs && { apiKey: toncenterKey }) };
  });
}

function isToncenter(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && /^(?:[a-z0-9-]+\.)*toncenter\.com$/.test(url.hostname);
}
