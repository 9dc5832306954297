// Links that open a wallet's app, as TON Connect has them.

import { encodeTelegramUrlParameters, isTelegramUrl } from "@tonconnect/sdk";

/** With TON Connect's `ret`: where its owner goes afterwards. A link into Telegram carries all its parameters in one. */
export function withReturn(link: string, target: string): string {
  if (!isTelegramUrl(link)) {
    const url = new URL(link);
    url.searchParams.set("ret", target);
    return url.href;
  }
  return `${link}-${encodeTelegramUrlParameters(`ret=${encodeURIComponent(target)}`)}`;
}

/** Opens the app of a wallet that is connected, where a request waits that came over its bridge. */
export function reopenLink(universalLink: string, target: string): string {
  if (!isTelegramUrl(universalLink)) return withReturn(universalLink, target);
  const url = new URL(universalLink);
  // A wallet in Telegram's attachment menu has its Mini App at "start".
  if (url.searchParams.has("attach")) {
    url.searchParams.delete("attach");
    url.pathname += "/start";
  }
  url.searchParams.set("startapp", "tonconnect");
  return withReturn(url.href, target);
}
