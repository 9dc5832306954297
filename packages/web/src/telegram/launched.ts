// What every page knows of Telegram: whether it is there. All else comes when it is.

import { storedAs } from "./stored.ts";

let opener: ((link: string) => boolean) | undefined;

/** Whether this page was opened by Telegram, now or before a reload of it. */
export function isLaunchedByTelegram(): boolean {
  return /[#&?]tgWebAppPlatform=/.test(location.hash) || sessionStorage.getItem(storedAs) !== null;
}

/** Called before anything is drawn, where isLaunchedByTelegram(). */
export async function startTelegram(): Promise<void> {
  const { start } = await import("./telegram.ts");
  opener = start();
}

/** Opens a link in the app around us, which a page inside it cannot do by itself. False where there is none. */
export function openInTelegram(link: string): boolean {
  return opener?.(link) ?? false;
}
