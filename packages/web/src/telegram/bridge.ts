// The way between a Mini App and Telegram around it: `web_app_*` events out, events in. Apps put a proxy into the window or
// listen to its parent; they call back by one of three names.

import { parseJson } from "@cocoon/protocol";

export type HostEvent = { readonly name: string; readonly data: unknown };

declare global {
  interface Window {
    readonly TelegramWebviewProxy?: { readonly postEvent: (name: string, data: string) => void };
  }
  interface External {
    readonly notify?: (message: string) => void;
  }
}

/** The web client shows Mini Apps in a frame. */
const webClient = "https://web.telegram.org";

/** Tells Telegram something. */
export function tellHost(name: string, data: object = {}): void {
  const message = JSON.stringify({ eventType: name, eventData: data });
  if (window.TelegramWebviewProxy !== undefined) {
    window.TelegramWebviewProxy.postEvent(name, JSON.stringify(data));
  } else if (window.external?.notify !== undefined) {
    window.external.notify(message);
  } else if (window.parent !== window) {
    window.parent.postMessage(message, webClient);
  }
}

/** Calls back for each event of the app around this page. */
export function hearHost(onEvent: (event: HostEvent) => void): void {
  const receiveEvent = (name: string, data: unknown): void => onEvent({ name, data });
  Object.assign(window, {
    Telegram: { WebView: { receiveEvent } },
    TelegramGameProxy: { receiveEvent },
    TelegramGameProxy_receiveEvent: receiveEvent,
  });
  window.addEventListener("message", ({ data, origin, source }: MessageEvent<unknown>) => {
    if (source !== window.parent || origin !== webClient || typeof data !== "string") return;
    const event = readEvent(data);
    if (event !== undefined) onEvent(event);
  });
}

/** Undefined for what is none. */
function readEvent(text: string): HostEvent | undefined {
  try {
    const value = parseJson(text, "request_malformed");
    if (typeof value !== "object" || value === null || !("eventType" in value)) return undefined;
    const { eventType } = value;
    const data = "eventData" in value ? value.eventData : undefined;
    return typeof eventType === "string" ? { name: eventType, data } : undefined;
  } catch {
    return undefined;
  }
}
