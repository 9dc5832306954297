// The page as a Telegram Mini App, in a simulated host: the names and shapes of events are Telegram's, the app around the
// page is this test. No real Telegram was asked.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Page } from "playwright-core";
import { noChromium } from "../browser/chromium.ts";
import { waitFor } from "../network/harness.ts";
import { setStage, type Stage } from "./stage.ts";

/** A network and a browser: COCOON_APP=1 npm test -- tests/web */
const skip = process.env["COCOON_APP"] === undefined ? "COCOON_APP is not set" : noChromium;

const simulatedHost = `
  globalThis.posted = [];
  globalThis.TelegramWebviewProxy = {
    postEvent: (name, data) => globalThis.posted.push([name, JSON.parse(data)]),
  };
`;
const night = { bg_color: "#17212b", text_color: "#f5f5f5", secondary_bg_color: "#232e3c" };
const launch = new URLSearchParams({
  tgWebAppData: "user=%7B%22id%22%3A1%7D&hash=secret",
  tgWebAppVersion: "8.0",
  tgWebAppPlatform: "android",
  tgWebAppThemeParams: JSON.stringify({ ...night, link_color: "url(https://evil.example)" }),
});

suite("the page as a Mini App of a simulated Telegram", { skip, timeout: 900_000 }, () => {
  let stage: Stage;
  let page: Page;

  before(async () => {
    stage = await setStage();
    page = stage.visitor.page;
    await page.addInitScript({ content: simulatedHost });
    await page.goto(`${stage.base}#${launch.toString()}`);
    await page.locator(".composer").waitFor();
  });
  after(async () => {
    await stage?.leave();
  });

  const posted = (): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>])[]> =>
    page.evaluate("posted");
  const receive = (name: string, data: object): Promise<unknown> =>
    page.evaluate(
      `Telegram.WebView.receiveEvent(${JSON.stringify(name)}, ${JSON.stringify(data)})`,
    );
  const style = (name: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue("${name}").trim()`);
  const backShown = async (isShown: boolean): Promise<void> => {
    const last = `posted.findLast(([name]) => name === "web_app_setup_back_button")?.[1].is_visible`;
    await waitFor("the host knows of the back button", async () => {
      return (await page.evaluate(last)) === isShown;
    });
  };

  test("tells the host that it is ready, and takes nothing of who the user is", async () => {
    const names = new Set((await posted()).map(([name]) => name));
    for (const name of ["web_app_ready", "web_app_expand", "web_app_request_safe_area"]) {
      assert.ok(names.has(name), name);
    }
    assert.equal(new URL(page.url()).hash, "#/", "the parameters left the address");
    const kept = await page.evaluate<string>(
      "JSON.stringify([{ ...sessionStorage }, { ...localStorage }])",
    );
    assert.doesNotMatch(kept, /secret|user|evil/);
  });

  test("wears the host's colours, and those that come later", async () => {
    assert.equal(await style("--paper"), night.bg_color);
    assert.equal(await style("--ink"), night.text_color);
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await receive("theme_changed", {
      theme_params: { bg_color: "#ffffff", text_color: "#000000" },
    });
    assert.equal(await style("--paper"), "#ffffff");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
    await receive("theme_changed", { theme_params: { bg_color: "red; --ink: x" } });
    assert.equal(await style("--paper"), "#ffffff");
  });

  test("leaves the room that the host's own buttons take", async () => {
    await receive("safe_area_changed", { top: 20, bottom: 34, left: 0, right: 0 });
    await receive("content_safe_area_changed", { top: 46, bottom: 0, left: 0, right: 0 });
    assert.equal(await style("--safe-top"), "66px");
    assert.equal(await style("--safe-bottom"), "34px");
    await receive("safe_area_changed", { top: "no", bottom: -5 });
    assert.equal(await style("--safe-top"), "46px");
  });

  test("goes back by the host's button: out of a sheet first, then to the page before", async () => {
    await backShown(false);
    await page.getByRole("link", { name: "Market" }).click();
    await backShown(true);
    await receive("back_button_pressed", {});
    await page.locator(".composer").waitFor();
    await backShown(false);
    await page.getByRole("button", { name: "Conversations" }).click();
    await backShown(true);
    await receive("back_button_pressed", {});
    await page.locator(".drawer").waitFor({ state: "detached" });
    await backShown(false);
  });

  test("opens a wallet through the host, which comes back to the Mini App", async () => {
    const { context } = stage.visitor;
    const bridges: string[] = [];
    await context.route(/^https:/, async (route) => {
      bridges.push(new URL(route.request().url()).host);
      await route.abort();
    });
    await page.getByRole("button", { name: "Demo money" }).click();
    await page.locator(".drawer").getByRole("button", { name: "Connect a wallet" }).click();
    await page.locator(".wallet-choice", { hasText: "Tonkeeper" }).waitFor();
    assert.deepEqual(bridges, [], "nobody is asked before a wallet is chosen");
    await page.locator(".wallet-choice", { hasText: "Tonkeeper" }).click();
    await page.locator(".link-code svg").waitFor();
    await page.getByRole("link", { name: "Open Tonkeeper" }).click();
    const [, opened] = (await posted()).find(([name]) => name === "web_app_open_link") ?? [];
    const link = new URL(String(opened?.["url"]));
    assert.equal(link.origin, "https://app.tonkeeper.com");
    assert.equal(link.searchParams.get("ret"), "back");
    assert.deepEqual([...new Set(bridges)], ["bridge.tonapi.io"]);
    await page.getByRole("button", { name: "Back" }).click();
    await page.locator(".wallet-choice").first().waitFor({ state: "detached" });
  });

  test("is the same Mini App after a reload", async () => {
    await page.reload();
    await page.locator(".composer").waitFor();
    assert.equal(await page.locator("html").getAttribute("data-host"), "telegram");
    assert.equal(await style("--paper"), night.bg_color);
  });
});
