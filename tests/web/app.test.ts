// The app as its users have it: built, served, in Chromium, on a whole network of this process.

import { toHex, primitives } from "@cocoon/protocol";
import { createLogger, type HttpServer, type RunningProxy, serveSite } from "@cocoon/services";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, suite, test } from "node:test";
import { makeSite, siteFolder } from "../../packages/web/tools/site.ts";
import { noChromium } from "../browser/chromium.ts";
import { createNetwork, type Network } from "../network/harness.ts";
import { filesUnder, type Recording, recordConnections } from "../network/recording.ts";
import { edited } from "../proof/tamper.ts";
import { type Visitor, visit } from "./visitor.ts";

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

/** A network and a browser take half a minute of processor time: COCOON_APP=1 npm test -- tests/web */
const skip = process.env["COCOON_APP"] === undefined ? "COCOON_APP is not set" : noChromium;

suite("the app", { skip, timeout: 900_000 }, () => {
  const canary = `canary${toHex(primitives.randomBytes(6))}`;
  let network: Network;
  let proxy: RunningProxy;
  let site: HttpServer;
  let visitor: Visitor;
  let recording: Recording;
  let base: string;
  let proof: string;

  before(async () => {
    await makeSite();
    recording = recordConnections();
    network = await createNetwork();
    proxy = await network.startProxy({ logPort: 0 });
    await network.startWorker("worker-1");
    const { config, devnet } = network;
    const description = {
      networkId: config.networkId,
      root: config.root,
      endpoints: [devnet.url],
      proxies: [{ bond: config.proxies[0]?.bond, url: `http://127.0.0.1:${proxy.logPort}` }],
    };
    const logger = createLogger({ role: "page", destination: { write: () => undefined } });
    const made = { "network.json": JSON.stringify(description) };
    site = await serveSite({ folder: siteFolder, made, host: "127.0.0.1", port: 0, logger });
    base = `http://127.0.0.1:${site.port}/`;
    visitor = await visit();
  });
  after(async () => {
    recording?.stop();
    await visitor?.leave();
    await site?.close(0);
    await network?.stop();
  });

  test("leads from the first click to an opened proof that holds, and the explorer shows it live", async () => {
    const { context, page } = visitor;
    const explorer = await context.newPage();
    await explorer.goto(`${base}#/network`);
    const answers = explorer.locator("[data-figure=answers] .figure-value");
    await explorer.locator("[data-figure=answers] .figure-value:not(.waiting)").waitFor();
    assert.equal(await answers.textContent(), "0");
    await page.goto(base);
    await page.getByRole("button", { name: "What is Cocoon?" }).click();
    const badge = page.locator('.badge[data-state="anchored"][data-verdict="holds"]');
    await badge.waitFor();
    assert.match((await page.locator(".answer .markdown").textContent()) ?? "", /\w/);
    assert.match((await badge.textContent()) ?? "", /Simulated.*Anchored/);
    await badge.click();
    await page.locator('.drawer [data-verdict="holds"]').waitFor();
    const statuses = await page
      .locator(".drawer [data-check]")
      .evaluateAll((knots) => knots.map((knot) => knot.getAttribute("data-status")));
    assert.ok(statuses.length > 10);
    assert.deepEqual([...new Set(statuses)], ["holds"], "on the chain too");
    assert.match((await page.locator(".drawer").textContent()) ?? "", /evidence is simulated/);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download proof" }).click();
    proof = readFileSync(await (await download).path(), "utf8");
    await page.keyboard.press("Escape");
    // Nothing was reloaded: the figure changed where it stands.
    await explorer.locator("[data-figure=answers] .figure-value", { hasText: "1" }).waitFor();
    await explorer.locator(`[data-receipt]`).first().waitFor();
    await explorer.close();
  });

  test("gives its words to nobody but the worker", async () => {
    const { page } = visitor;
    await page.getByRole("textbox", { name: "Ask something" }).fill(`Say ${canary}`);
    await page.keyboard.press("Enter");
    const last = page.locator('.turn:last-child .badge[data-state="anchored"]');
    await last.waitFor();
    const heard = [...recording.pieces.map((piece) => Buffer.from(piece)), ...network.log];
    assert.ok(heard.length > 10);
    assert.ok(!heard.some((piece) => piece.includes(canary)), "on the wire or in a log");
    const files = filesUnder(network.home).filter((path) => readFileSync(path).includes(canary));
    assert.deepEqual(files, []);
  });

  test("refuses a proof that was touched, and verifies one with the network off", async () => {
    const { context, page } = visitor;
    await page.goto(`${base}#/verify`);
    const give = async (text: string): Promise<string | null> => {
      const [name, mimeType] = ["proof.json", "application/json"];
      await page
        .locator('input[type="file"]')
        .setInputFiles({ name, mimeType, buffer: Buffer.from(text) });
      await page.locator("[data-verdict]").waitFor();
      return await page.locator("[data-verdict]").getAttribute("data-verdict");
    };
    const changed = proof.replace(
      /"receipt":\s*"([^"]{40})(.)/,
      (_, start: string, digit: string) => {
        return `"receipt":"${start}${digit === "A" ? "B" : "A"}`;
      },
    );
    assert.notEqual(changed, proof);
    assert.equal(await give(changed), "fails");
    assert.match((await page.locator("[data-verdict]").textContent()) ?? "", /It does not hold/);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await context.setOffline(true);
    await page.reload();
    await page.locator(".drop").waitFor();
    assert.equal(await give(proof), "holds");
    await context.setOffline(false);
    assert.equal(await give(edited(proof, ["format"], "other")), "proof_malformed");
  });

  test("has nothing serious that a screen reader cannot use", async () => {
    const { page } = visitor;
    for (const route of routes) {
      await page.goto(`${base}#${route}`);
      await page.locator("h1").waitFor();
      await page.evaluate(axeSource);
      const found = await page.evaluate(
        "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`))",
      );
      assert.deepEqual(found, [], route);
    }
  });

  test("turns round for a language that is read from the right", async () => {
    const { page } = visitor;
    await page.evaluate(() => localStorage.setItem("cocoon.language", "ar"));
    await page.reload();
    await page.locator("h1").waitFor();
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
    assert.match((await page.locator("h1").textContent()) ?? "", /[\u0600-\u06FF]/);
    await page.evaluate(() => localStorage.setItem("cocoon.language", "en"));
  });

  test("asked nobody but this machine, and never against its policy", () => {
    const hosts = [...visitor.asked].filter((host) => host !== "");
    assert.deepEqual(hosts, ["127.0.0.1"]);
    const faults = visitor.faults.filter(
      (fault) => !/ERR_INTERNET_DISCONNECTED|status of 404/.test(fault),
    );
    assert.deepEqual(faults, []);
  });
});
