// Somebody who visits the app in Debian's Chromium, and sees what it asks for and what its policy forbids.

import { type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath, quiet } from "../browser/chromium.ts";

export type Visitor = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Hosts and ports that any page asked for anything. */
  readonly asked: ReadonlySet<string>;
  /** Errors of any page, and what its policy kept it from. */
  readonly faults: readonly string[];
  readonly leave: () => Promise<void>;
};

/** A busy machine takes its time; what never comes fails all the same. */
const patienceMs = 240_000;

export async function visit(): Promise<Visitor> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [...quiet],
    timeout: patienceMs,
  });
  const context = await browser.newContext({ locale: "en" });
  context.setDefaultTimeout(patienceMs);
  const asked = new Set<string>();
  const faults: string[] = [];
  context.on("request", (request) => void asked.add(hostOf(request.url())));
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  context.on("weberror", (error) => void faults.push(String(error.error())));
  const page = await context.newPage();
  page.on("websocket", (socket) => void asked.add(hostOf(socket.url())));
  return { context, page, asked, faults, leave: () => browser.close() };
}

/** What a page makes itself has no host. */
function hostOf(url: string): string {
  return /^(?:blob|data):/.test(url) ? "" : new URL(url).hostname;
}
