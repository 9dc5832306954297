// Which network this page is of: network.json lies beside it. All of it is public, and none of it is believed where the
// chain says more.

import { CocoonError, JsonReader, parseJson, type RawAddress } from "@cocoon/protocol";

export type NetworkDescription = {
  readonly networkId: number;
  /** The root contract: what it says, goes. */
  readonly root: RawAddress;
  /** toncenter-v2 JSON-RPC. */
  readonly endpoints: readonly string[];
  readonly proxies: readonly ProxyPlace[];
  /** Where this page is a Mini App, such as https://t.me/bot/app: wallets come back there. */
  readonly telegramUrl?: string;
};

export type ProxyPlace = {
  readonly bond: RawAddress;
  /** Where it serves its log, its offers and WebSockets: "https://host:port". */
  readonly url: string;
};

const listMax = 64;
const malformed = "option_invalid";

/** The network beside this page, or undefined where there is none: then the page can verify, and no more. */
export async function loadDescription(): Promise<NetworkDescription | undefined> {
  const response = await fetch("./network.json", { cache: "no-cache" }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  return readDescription(await response.text());
}

/** Throws option_invalid. */
export function readDescription(text: string): NetworkDescription {
  const json = new JsonReader(parseJson(text, malformed), malformed);
  const endpoints = json.strings("endpoints", listMax).map(readUrl);
  if (endpoints.length === 0) throw new CocoonError(malformed, { field: "endpoints" });
  return {
    networkId: json.int("networkId"),
    root: json.address("root"),
    endpoints,
    ...(json.has("telegramUrl") && { telegramUrl: readUrl(json.string("telegramUrl")) }),
    proxies: json.objects("proxies", listMax).map((proxy) => {
      return { bond: proxy.address("bond"), url: readUrl(proxy.string("url")).replace(/\/$/, "") };
    }),
  };
}

function readUrl(text: string): string {
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new CocoonError(malformed, { reason: "not an HTTP URL" });
  }
  return text;
}
