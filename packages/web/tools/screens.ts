// Pictures of every page, from a network that runs: npm run screens -- URL [API.JSON] [FOLDER]
// URL is the page of `cocoon up`; with a worker's api.json its cockpit is shown too. They go to docs/screens as JPEG, or to a
// folder as PNG, to look at.

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const [url = "http://127.0.0.1:10030/", apiPath, lookFolder] = process.argv.slice(2);
const folder = lookFolder ?? fileURLToPath(new URL("../../../docs/screens/", import.meta.url));
const format =
  lookFolder === undefined ? ({ type: "jpeg", quality: 60 } as const) : { type: "png" as const };
const devices = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 860 } },
} as const;
const patienceMs = 240_000;

const routes: readonly (readonly [name: string, route: string, ready: string])[] = [
  ["network", "/network", ".figures:not(:has(.waiting))"],
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
for (const device of ["phone", "desktop"] as const) {
  await showAll(browser, device, "light");
  await showAll(browser, device, "dark");
}
await browser.close();

type Device = keyof typeof devices;

async function showAll(from: Browser, device: Device, scheme: "light" | "dark"): Promise<void> {
  const context = await from.newContext({ ...devices[device], colorScheme: scheme, locale: "en" });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const take = async (name: string): Promise<void> => {
    const path = `${folder}/${name}-${device}-${scheme}.${format.type === "png" ? "png" : "jpg"}`;
    await page.screenshot({ path, ...format, animations: "disabled" });
  };
  await showChat(page, take);
  for (const [name, route, ready] of routes) {
    await page.goto(`${url}#${route}`);
    // A price that never changed is a line without height, which would not count as visible.
    await page.locator(ready).first().waitFor({ state: "attached" });
    await take(name);
  }
  if (apiPath !== undefined) await showCockpit(page, take, apiPath);
  await context.close();
}

async function showChat(page: Page, take: (name: string) => Promise<void>): Promise<void> {
  await page.goto(url);
  await page.locator(".examples button:enabled").first().waitFor();
  await take("chat");
  await page.locator("button[data-funding]").click();
  await page.locator(".money .button.main").click();
  await page.locator(".wallet-choice").first().click();
  await page.locator(".money form").waitFor();
  await take("wallet");
  await page.locator(".money > .button").last().click();
  await page.keyboard.press("Escape");
  await page.locator(".drawer").waitFor({ state: "detached" });
  await page.locator(".examples button").first().click();
  const badge = page.locator('.badge[data-state="anchored"][data-verdict]');
  await badge.waitFor();
  await take("answer");
  await badge.click();
  await page.locator(".drawer [data-check]").first().waitFor();
  await take("proof");
  await page.keyboard.press("Escape");
  await page.evaluate(() => localStorage.setItem("cocoon.language", "ar"));
  await page.goto(`${url}#/network`);
  await page.reload();
  await page.locator(".figures:not(:has(.waiting))").waitFor();
  await page.locator("tr[data-receipt]").first().waitFor();
  await take("arabic");
  await page.evaluate(() => localStorage.setItem("cocoon.language", "en"));
  await page.reload();
}

async function showCockpit(
  page: Page,
  take: (name: string) => Promise<void>,
  path: string,
): Promise<void> {
  await page.goto(`${url}#/cockpit`);
  const file = { name: "api.json", mimeType: "application/json", buffer: readFileSync(path) };
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.locator(".cockpit-figures").waitFor();
  await page.locator("[data-jobs]").waitFor();
  await take("cockpit");
}
