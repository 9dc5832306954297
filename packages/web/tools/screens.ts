// Pictures of every page for docs/screens, from a network that runs: npm run screens -- URL [API.JSON]
// URL is the page of `cocoon up`; with a worker's api.json its cockpit is shown too.

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const [url = "http://127.0.0.1:10030/", apiPath] = process.argv.slice(2);
const folder = fileURLToPath(new URL("../../../docs/screens/", import.meta.url));
const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 860 },
} as const;
const patienceMs = 240_000;

const routes: readonly (readonly [name: string, route: string, ready: string])[] = [
  ["network", "/network", ".figure-value:not(.waiting)"],
  ["receipts", "/network/receipts", "tr[data-receipt]"],
  ["workers", "/network/workers", "tr[data-worker]"],
  ["proxies", "/network/proxies", ".notice"],
  ["rules", "/network/rules", ".models li"],
  ["definitions", "/network/numbers", ".definitions"],
  ["market", "/market", ".chart-line"],
  ["verify", "/verify", ".drop"],
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({ colorScheme, locale: "en" });
  context.setDefaultTimeout(patienceMs);
  await showAll(context, colorScheme);
  await context.close();
}
await browser.close();

async function showAll(context: BrowserContext, scheme: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(".examples button:enabled").first().waitFor();
  await take(page, "chat", scheme);
  await page.locator(".examples button").first().click();
  const badge = page.locator('.badge[data-state="anchored"][data-verdict]');
  await badge.waitFor();
  await take(page, "answer", scheme);
  await badge.click();
  await page.locator(".drawer [data-check]").first().waitFor();
  await take(page, "proof", scheme);
  await page.keyboard.press("Escape");
  for (const [name, route, ready] of routes) {
    await page.goto(`${url}#${route}`);
    // A price that never changed is a line without height, which would not count as visible.
    await page.locator(ready).first().waitFor({ state: "attached" });
    await take(page, name, scheme);
  }
  if (apiPath === undefined) return;
  await page.goto(`${url}#/cockpit`);
  const file = { name: "api.json", mimeType: "application/json", buffer: readFileSync(apiPath) };
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.locator(".cockpit-figures").waitFor();
  await take(page, "cockpit", scheme);
}

async function take(page: Page, name: string, scheme: string): Promise<void> {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    const path = `${folder}${name}-${size}-${scheme}.jpg`;
    await page.screenshot({ path, type: "jpeg", quality: 60, animations: "disabled" });
  }
}
