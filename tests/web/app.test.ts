// The way of a first visitor, in the app as it is built and served: Debian's Chromium, on a whole network of this process.
// What else the pages do: pages.test.ts.

import { toHex, primitives } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { noChromium } from "../browser/chromium.ts";
import { waitFor } from "../network/harness.ts";
import { filesUnder, type Recording, recordConnections } from "../network/recording.ts";
import { edited } from "../proof/tamper.ts";
import { setStage, type Stage } from "./stage.ts";

suite("the app", { skip: noChromium, timeout: 900_000 }, () => {
  const canary = `canary${toHex(primitives.randomBytes(6))}`;
  let recording: Recording;
  let stage: Stage;
  let proof: string;

  before(async () => {
    recording = recordConnections();
    stage = await setStage();
    await stage.network.startWorker("worker-1");
  });
  after(async () => {
    recording?.stop();
    await stage?.leave();
  });

  test("leads from the first click to an opened proof that holds, and the explorer shows it live", async () => {
    const { base, visitor } = stage;
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
    await waitFor("every check is made, those on the chain too, and holds", async () => {
      await badge.click();
      const verdict = page.locator(".drawer .verdict");
      await verdict.waitFor();
      assert.equal(await verdict.getAttribute("data-verdict"), "holds");
      const statuses = await verdict
        .locator("[data-check]")
        .evaluateAll((knots) => knots.map((knot) => knot.getAttribute("data-status")));
      // On a busy machine the chain may answer too late: then it is asked again.
      const isWhole = statuses.length > 10 && statuses.every((status) => status === "holds");
      if (!isWhole) await page.keyboard.press("Escape");
      return isWhole;
    });
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
    const { network, visitor } = stage;
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
    const { base, visitor } = stage;
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

  test("begins in a language that is loaded first", async () => {
    const { base, visitor } = stage;
    const context = await visitor.context.browser()?.newContext({ locale: "ar" });
    const page = await context?.newPage();
    await page?.goto(base);
    await page?.locator('html[dir="rtl"] .composer textarea').waitFor({ timeout: 240_000 });
    await context?.close();
  });

  test("asked nobody but this machine, and never against its policy", () => {
    const { visitor } = stage;
    const hosts = [...visitor.asked].filter((host) => host !== "");
    assert.deepEqual(hosts, ["127.0.0.1"]);
    const faults = visitor.faults.filter(
      (fault) => !/ERR_INTERNET_DISCONNECTED|status of 404/.test(fault),
    );
    assert.deepEqual(faults, []);
  });
});
