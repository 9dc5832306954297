// How Telegram opens a Mini App: parameters behind the hash. core.telegram.org/bots/webapps and docs.telegram-mini-apps.com
// have the names. Nothing is loaded from Telegram, and whoever the user is, is not read.

import { CocoonError, JsonReader, parseJson } from "@cocoon/protocol";
import { storedAs } from "./stored.ts";

/** Colours of the app around us, "#rrggbb", by Telegram's names. */
export type ThemeParams = Readonly<Partial<Record<string, string>>>;

const colour = /^#[0-9a-f]{6}$/i;

/**
 * Reads the colours, and takes all parameters out of the address, where routes stand. A reload finds the colours again;
 * nothing else is kept.
 */
export function takeLaunch(): ThemeParams {
  if (!/tgWebAppPlatform=/.test(location.hash)) {
    return readTheme(sessionStorage.getItem(storedAs) ?? "");
  }
  // Parameters may stand behind a route: "#/network?tgWebAppPlatform=ios".
  const [, route = "", query = ""] = /^#([^?=&]*)\??(.*)$/.exec(location.hash) ?? [];
  const isRoute = route.startsWith("/");
  const given = new URLSearchParams(isRoute ? query : location.hash.slice(1));
  const theme = readTheme(given.get("tgWebAppThemeParams") ?? "");
  sessionStorage.setItem(storedAs, JSON.stringify(theme));
  history.replaceState(history.state, "", isRoute ? `#${route}` : "#/");
  return theme;
}

/** The colours of a JSON text; what is no colour is left out. */
export function readTheme(text: string): ThemeParams {
  try {
    return coloursOf(parseJson(text, "request_malformed"));
  } catch (error) {
    if (error instanceof CocoonError) return {};
    throw error;
  }
}

export function coloursOf(value: unknown): ThemeParams {
  const json = new JsonReader(value, "request_malformed");
  const names = ["bg_color", "secondary_bg_color", "section_bg_color", "text_color"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = json.has(name) ? json.string(name, 64) : "";
      return colour.test(found) ? [[name, found]] : [];
    }),
  );
}
