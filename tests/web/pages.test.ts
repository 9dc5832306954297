// What the pages do beside the way of a first visitor: when things go wrong, what is kept, who can use them.

import {
  WorkerMonitor,
  cockpitView,
  createLogger,
  readAccess,
  serveCockpit,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { noChromium } from "../browser/chromium.ts";
import { waitFor } from "../network/harness.ts";
import { type Rig, startRig } from "../network/rig.ts";
import { setStage, type Stage } from "./stage.ts";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const routes = [
  "/",
  "/network",
  "/network/receipts",
  "/network/workers",
  "/network/proxies",
  "/network/rules",
  "/network/numbers",
  "/market",
  "/cockpit",
  "/verify",
];

/** A network and a browser take most of a minute of processor time: COCOON_APP=1 npm test -- tests/web */
const skip = process.env["COCOON_APP"] === undefined ? "COCOON_APP is not set" : noChromium;

suite("the pages", { skip, timeout: 900_000 }, () => {
  const monitor = new WorkerMonitor({ networkId: -7_239, now: Date.now });
  let stage: Stage;
  let page: Page;
  let rig: Rig;

  before(async () => {
    stage = await setStage();
    page = stage.visitor.page;
    rig = await startRig(stage.network, "worker-1", { monitor });
    await waitFor("the proxy offers the worker", async () => {
      const response = await fetch(`http://127.0.0.1:${stage.proxy.logPort}/status`);
      return (await response.text()).includes(rig.id);
    });
    await page.goto(stage.base);
  });
  after(async () => {
    await stage?.leave();
  });

  const last = (): Locator => page.locator(".turn:last-child");
  const write = async (text: string): Promise<void> => {
    await page.getByRole("textbox", { name: "Ask something" }).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  };
  /** The text of the answer that comes now, once some of it is there. */
  const beginning = async (): Promise<string> => {
    await waitFor("the engine waits in mid-answer", () => rig.engine.held > 0);
    const markdown = last().locator('.answer[data-phase="streaming"] .markdown');
    await markdown.filter({ hasText: /\w/ }).waitFor();
    return (await markdown.textContent()) ?? "";
  };
  const charges = (): number =>
    stage.network.rows<{ readonly request: unknown }>("proxy", "SELECT * FROM charges").length;

  test("says plainly when the worker is gone in mid-answer, charges nothing, and asks again", async () => {
    // One piece: an engine that nobody disturbs puts a whole answer into a few.
    rig.engine.hold(1);
    await write("What is a worker?");
    const said = await beginning();
    rig.cable.cut();
    const answer = last().locator('.answer[data-phase="failed"]');
    await answer.waitFor();
    const text = (await answer.textContent()) ?? "";
    assert.match(text, /No answer\./);
    assert.ok(text.includes(said.trim()), "what came stays");
    assert.equal(await answer.locator(".badge").count(), 0, "nothing vouches for it");
    assert.equal(charges(), 0);
    rig.cable.mend();
    rig.engine.release();
    // Until the worker has dialled again, there is nobody to ask.
    const again = last().getByRole("button", { name: "Try again" });
    await waitFor("it is asked again and answered", async () => {
      if (await again.isVisible()) await again.click();
      return await last().locator('.badge[data-verdict="holds"]').isVisible();
    });
  });

  test("stops an answer, charges nothing for it, and answers the same question again", async () => {
    const charged = charges();
    rig.engine.hold(1);
    await write("What is a receipt?");
    await beginning();
    await page.getByRole("button", { name: "Stop" }).click();
    await last().getByText("Stopped.").waitFor();
    rig.engine.release();
    assert.equal(charges(), charged);
    await last().getByRole("button", { name: "Answer again" }).click();
    await last().locator('.badge[data-verdict="holds"]').waitFor();
    assert.equal(charges(), charged + 1);
  });

  test("shows what a question would cost, takes files along, and refuses what is no text", async () => {
    const file = (name: string, text: string | Buffer) => {
      return { name, mimeType: "text/plain", buffer: Buffer.from(text) };
    };
    const input = page.locator('.composer input[type="file"]');
    await input.setInputFiles(file("binary.bin", Buffer.from([0xff, 0xfe, 0x00])));
    await page.getByText("Files of text up to 200 kB can be added.").waitFor();
    await input.setInputFiles(file("note.txt", "Cocoon is a network."));
    await page.locator(".attached .tag", { hasText: "note.txt" }).waitFor();
    await page.locator(".estimate", { hasText: /About 5 tokens, at most 0\.\d+ TON/ }).waitFor();
    await write("What is in it?");
    await last().locator(".question .tag", { hasText: "note.txt" }).waitFor();
    await last().locator('.badge[data-verdict="holds"]').waitFor();
  });

  test("offers the models and tiers, says who serves none, and never answers from less", async () => {
    const pick = async (picker: RegExp, option: string): Promise<void> => {
      await page.getByRole("combobox", { name: picker }).click();
      await page.getByRole("option", { name: option }).click();
    };
    await page.getByRole("combobox", { name: /^Model/ }).click();
    await page
      .getByRole("option")
      .filter({ hasText: /TON per million/ })
      .waitFor();
    await page.keyboard.press("Escape");
    await pick(/^Lowest tier/, "Confidential, GPU too");
    await page.locator(".estimate", { hasText: "No worker of this tier is online." }).waitFor();
    await write("Is anybody there?");
    const answer = last().locator('.answer[data-phase="failed"]');
    await answer.waitFor();
    assert.match((await answer.textContent()) ?? "", /no_worker/);
    await pick(/^Lowest tier/, "Simulated");
  });

  test("keeps conversations for who has the passphrase, and opens them after a reload", async () => {
    const history = page.getByRole("button", { name: "Conversations" });
    const drawer = page.locator(".drawer");
    await history.click();
    await drawer.getByLabel(/^Passphrase/).fill("mulberry leaves");
    await drawer.getByRole("button", { name: "Keep them" }).click();
    await drawer.getByText("Kept in this browser alone").waitFor();
    await page.reload();
    await history.click();
    await drawer.getByText("Conversations from before are locked").waitFor();
    assert.equal(await drawer.locator(".history-open").count(), 0);
    await drawer.getByLabel(/^Passphrase/).fill("mulberry leaf");
    await drawer.getByRole("button", { name: "Open" }).click();
    await drawer.getByText("That passphrase does not open them.").waitFor();
    await drawer.getByLabel(/^Passphrase/).fill("mulberry leaves");
    await drawer.getByRole("button", { name: "Open" }).click();
    await drawer.locator(".history-open").first().click();
    const badge = page.locator('.badge[data-verdict="holds"]').first();
    await badge.click();
    await drawer.locator('.verdict[data-verdict="holds"]').waitFor();
    await page.keyboard.press("Escape");
  });

  test("shows an owner the worker that runs, with the key of its own machine alone", async () => {
    const { home } = stage.network;
    const cockpit = await serveCockpit({
      home: join(home, "worker-1"),
      config: { port: 0, origins: [] },
      view: cockpitView(monitor, () => rig.worker.books),
      logger: createLogger({ role: "worker", destination: { write: () => undefined } }),
    });
    try {
      const access = readAccess(join(home, "worker-1"));
      const give = async (token: string): Promise<void> => {
        const text = JSON.stringify({ ...access, token });
        const buffer = Buffer.from(text);
        await page
          .locator('.connect input[type="file"]')
          .setInputFiles({ name: "api.json", mimeType: "application/json", buffer });
      };
      await page.goto(`${stage.base}#/cockpit`);
      await give("0".repeat(64));
      await page.getByText("the key is not its key").waitFor();
      await give(access?.token ?? "");
      await page.locator(".cockpit-figures").waitFor();
      await page.locator("[data-jobs] tbody tr").first().waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: /CSV/ }).click();
      const csv = readFileSync(await (await download).path(), "utf8");
      assert.match(csv, /^day,model,answers/);
      assert.ok(csv.trim().split("\r\n").length >= 2, "a row for today");
    } finally {
      await page.getByRole("button", { name: "Disconnect" }).click();
      await cockpit.close();
    }
  });

  test("has nothing serious that a screen reader cannot use", async () => {
    for (const [route, size, scheme] of looks()) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(`${stage.base}#${route}`);
      await page.locator("h1, .chat").first().waitFor();
      assert.deepEqual(await seriousFaults(page), [], `${route} ${scheme}`);
    }
    await page.goto(`${stage.base}#/`);
    for (const name of ["Conversations", "Demo money"]) {
      await page.getByRole("button", { name }).click();
      await page.locator(".drawer-body > *").first().waitFor();
      assert.deepEqual(await seriousFaults(page), [], name);
      await page.keyboard.press("Escape");
      await page.locator(".drawer").waitFor({ state: "detached" });
    }
  });

  test("turns round for a language that is read from the right, and speaks it all", async () => {
    await page.evaluate(() => localStorage.setItem("cocoon.language", "ar"));
    await page.reload();
    for (const route of routes) {
      await page.goto(`${stage.base}#${route}`);
      await page.locator("h1, .chat").first().waitFor();
    }
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
    assert.match((await page.locator("h1").textContent()) ?? "", /[\u0600-\u06FF]/);
    await page.evaluate(() => localStorage.setItem("cocoon.language", "en"));
  });

  test("asked nobody but this machine, and never against its policy", () => {
    const { asked, faults } = stage.visitor;
    assert.deepEqual(
      [...asked].filter((host) => host !== ""),
      ["127.0.0.1"],
    );
    // What a proxy, a worker or a key refuses is in the console, too.
    const real = faults.filter((fault) => !/status of 40[14]|ERR_CONNECTION/.test(fault));
    assert.deepEqual(real, []);
  });
});

const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 860 },
];

/** Every page on a phone in the dark and on a desk in the light. */
function* looks(): Generator<readonly [string, (typeof sizes)[number], "dark" | "light"]> {
  for (const route of routes) {
    for (const [index, size] of sizes.entries()) {
      yield [route, size, index === 0 ? "dark" : "light"];
    }
  }
}

async function seriousFaults(page: Page): Promise<unknown> {
  await page.evaluate(axeSource);
  return await page.evaluate(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`))",
  );
}
