// The page as a Telegram Mini App: its colours, the room that the app leaves, its back button, its links.

import { JsonReader } from "@cocoon/protocol";
import { canGoBack, currentTheme, goBack, onBackChange } from "../ui/index.ts";
import { type HostEvent, hearHost, tellHost } from "./bridge.ts";
import { coloursOf, takeLaunch, type ThemeParams } from "./launch.ts";

/** What of our paper and ink follows Telegram's; the thread stays mulberry. */
const follows = [
  ["--paper", "bg_color"],
  ["--card", "section_bg_color"],
  ["--sunken", "secondary_bg_color"],
  ["--ink", "text_color"],
] as const;
const sides = ["top", "bottom", "left", "right"] as const;
/** By the event that told it: the screen's own, and what the app's buttons cover. */
const insets = new Map<string, Readonly<Record<(typeof sides)[number], number>>>();

/** Called once. Returns how a link is opened. */
export function start(): (link: string) => boolean {
  document.documentElement.dataset["host"] = "telegram";
  wear(takeLaunch());
  hearHost(hear);
  const tellBack = (): void => tellHost("web_app_setup_back_button", { is_visible: canGoBack() });
  onBackChange(tellBack);
  window.addEventListener("hashchange", tellBack);
  tellHost("iframe_ready");
  tellHost("web_app_ready");
  tellHost("web_app_expand");
  for (const asked of ["theme", "viewport", "safe_area", "content_safe_area"]) {
    tellHost(`web_app_request_${asked}`);
  }
  tellBack();
  return openLink;
}

function hear({ data, name }: HostEvent): void {
  const json = new JsonReader(data ?? {}, "request_malformed");
  if (name === "back_button_pressed") goBack();
  else if (name === "theme_changed") wear(coloursOf(json.unknown("theme_params")));
  else if (name.endsWith("safe_area_changed")) makeRoom(name, json);
}

/** Telegram's colours, unless somebody chose light or dark here. */
function wear(theme: ThemeParams): void {
  const { dataset, style } = document.documentElement;
  const paper = theme["bg_color"];
  if (paper === undefined || currentTheme() !== "system") return;
  dataset["theme"] = isDark(paper) ? "dark" : "light";
  for (const [ours, theirs] of follows) {
    const colour = theme[theirs];
    if (colour !== undefined) style.setProperty(ours, colour);
  }
  tellHost("web_app_set_header_color", { color: paper });
  tellHost("web_app_set_background_color", { color: paper });
}

/** By the luminance that people see (ITU-R BT.601), of "#rrggbb". */
function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(colour.slice(at, at + 2), 16),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function makeRoom(event: string, json: JsonReader): void {
  const inset = Object.fromEntries(sides.map((side) => [side, pixelsOf(json, side)]));
  insets.set(event, inset as Record<(typeof sides)[number], number>); // oxlint-disable-line no-unsafe-type-assertion -- one for each side
  for (const side of sides) {
    const pixels = [...insets.values()].reduce((sum, each) => sum + each[side], 0);
    document.documentElement.style.setProperty(`--safe-${side}`, `${pixels}px`);
  }
}

function pixelsOf(json: JsonReader, side: string): number {
  const found = json.has(side) ? json.unknown(side) : 0;
  return typeof found === "number" && found >= 0 && found < 1_000 ? found : 0;
}

/** Links to Telegram itself stay in it; others open in a browser. */
function openLink(link: string): boolean {
  const url = URL.parse(link);
  if (url === null) return false;
  if (url.hostname === "t.me") {
    tellHost("web_app_open_tg_link", { path_full: `${url.pathname}${url.search}` });
  } else {
    tellHost("web_app_open_link", { url: link });
  }
  return true;
}
