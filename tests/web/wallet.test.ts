// Money in the page: a wallet by TON Connect, the library unmodified, with the simulated wallet of devnets at its other end.

import { nanotons, type RawAddress } from "@cocoon/protocol";
import { type ChannelState, readChannel, walletAddress } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Locator } from "playwright-core";
import { noChromium } from "../browser/chromium.ts";
import { waitFor } from "../network/harness.ts";
import { setStage, type Stage } from "./stage.ts";

/** A network and a browser take half a minute of processor time: COCOON_APP=1 npm test -- tests/web */
const skip = process.env["COCOON_APP"] === undefined ? "COCOON_APP is not set" : noChromium;
const ton = 1_000_000_000n;

suite("a wallet in the page", { skip, timeout: 900_000 }, () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
    await stage.network.startWorker("worker-1");
  });
  after(async () => {
    await stage?.leave();
  });

  const sheet = (): Locator => stage.visitor.page.locator(".drawer");
  const prompt = (): Locator => stage.visitor.page.locator("[data-dev-wallet]");
  const balanceOf = async (address: RawAddress): Promise<bigint> =>
    (await stage.network.chain.account(address)).balance;

  async function connect(): Promise<RawAddress> {
    const { page } = stage.visitor;
    await page.locator("button[data-funding]").click();
    await sheet().getByRole("button", { name: "Connect a wallet" }).click();
    await sheet().getByRole("button", { name: "Simulated wallet" }).click();
    await sheet().getByLabel("Deposit, TON").waitFor();
    return (await sheet().locator(".payer-address").textContent()) ?? "";
  }

  async function openChannel(deposit: string): Promise<RawAddress> {
    await sheet().getByLabel("Deposit, TON").fill(deposit);
    assert.match((await sheet().textContent()) ?? "", new RegExp(`At risk: ${deposit} TON`));
    await sheet().getByRole("button", { name: "Open a channel" }).click();
    await prompt().getByRole("button", { name: "Pay" }).click();
    const card = sheet().locator('[data-channel][data-phase="open"]');
    await card.waitFor();
    return (await card.getAttribute("data-channel")) ?? "";
  }

  async function channelNow(channel: RawAddress): Promise<ChannelState> {
    const state = await readChannel(stage.network.chain, channel);
    assert.ok(state !== undefined);
    return state;
  }

  test("opens a channel, pays for an answer, tops up, closes, and has the rest back", async () => {
    const { base, visitor } = stage;
    const { page } = visitor;
    await page.goto(base);
    await page.getByRole("button", { name: "What is Cocoon?" }).click();
    await page.locator('.badge[data-verdict="holds"]').waitFor();
    const seed: string = await page.evaluate('localStorage.getItem("cocoon.devnetPayer")');
    const demo = walletAddress(Buffer.from(seed, "hex"), stage.network.config.networkId);
    const demoHeld = await balanceOf(demo);
    assert.ok(demoHeld < ton, "the demo's money is in its channel");
    const address = await connect();
    const held = await balanceOf(address);
    assert.ok(held >= 5n * ton, "the faucet filled it");
    const channel = await openChannel("2");
    const { deposited, payer } = await channelNow(channel);
    assert.deepEqual({ deposited, payer }, { deposited: nanotons(2n * ton), payer: address });

    await waitFor("what the demo did not spend is back in its wallet", async () => {
      return (await balanceOf(demo)) > demoHeld + (9n * ton) / 10n;
    });

    await page.keyboard.press("Escape");
    await page.getByRole("textbox", { name: "Ask something" }).fill("What is a worker?");
    await page.keyboard.press("Enter");
    await page.locator('.turn:last-child .badge[data-verdict="holds"]').waitFor();

    await page.locator('button[data-funding="wallet"]').click();
    await sheet().getByLabel("Add to the deposit, TON").fill("0.5");
    await sheet().getByRole("button", { name: "Top up" }).click();
    await prompt().getByRole("button", { name: "Pay" }).click();
    await sheet().locator('dd[data-amount="2500000000"]').waitFor();
    assert.equal((await channelNow(channel)).deposited, nanotons((5n * ton) / 2n));

    await sheet()
      .getByText(/^Close and get/)
      .click();
    const returned = sheet().locator("[data-returned]");
    await returned.waitFor();
    const closed = await channelNow(channel);
    assert.equal(closed.phase, "closed");
    assert.ok(closed.claimed > 0n, "the answer was paid");
    const rest = (closed.deposited - closed.claimed).toString();
    assert.equal(await returned.getAttribute("data-returned"), rest);
    // Beyond what was earned, gas and the channel's rent are gone: a fraction of a tenth of a TON.
    await waitFor("the rest is back", async () => {
      const gone = held - (await balanceOf(address));
      return gone >= closed.claimed && gone < closed.claimed + ton / 10n;
    });
    assert.equal(await page.locator("button[data-funding]").getAttribute("data-funding"), "demo");
  });

  test("sends nothing when the owner refuses, and asks again when it is asked again", async () => {
    const { page } = stage.visitor;
    await page.reload();
    const address = await connect();
    const held = await balanceOf(address);
    await sheet().getByRole("button", { name: "Open a channel" }).click();
    await prompt().getByRole("button", { name: "Refuse" }).click();
    await sheet().getByText("You refused it, so nothing was sent.").waitFor();
    assert.equal(await prompt().count(), 0);
    assert.equal(await balanceOf(address), held);
    assert.equal(await page.locator("button[data-funding]").getAttribute("data-funding"), "demo");
  });

  test("keeps a channel over a reload, and gets the rest back without the proxy", async () => {
    const { network, visitor } = stage;
    const { page } = visitor;
    await page.reload();
    const address = await connect();
    const channel = await openChannel("1");
    await page.reload();
    await page.locator('button[data-funding="wallet"]').click();
    await sheet().locator(`[data-channel="${channel}"][data-phase="open"]`).waitFor();
    assert.equal(await prompt().count(), 0, "nobody was asked for anything");

    await stage.proxy.close();
    const held = await balanceOf(address);
    await sheet().getByText("The proxy does not answer?").click();
    await sheet().getByRole("button", { name: "Begin to close without the proxy" }).click();
    await prompt().getByRole("button", { name: "Pay" }).click();
    await sheet().locator('[data-channel][data-phase="closing"]').waitFor();
    await network.devnet.advanceTime(2 * 86_400);
    await page.clock.install();
    await page.clock.fastForward(2 * 86_400_000);
    await sheet().getByRole("button", { name: "Take the rest back" }).click();
    await prompt().getByRole("button", { name: "Pay" }).click();
    await waitFor(
      "the rest is back",
      async () => (await balanceOf(address)) > held + (8n * ton) / 10n,
    );
    const left = await readChannel(network.chain, channel);
    assert.ok(left === undefined || left.phase === "closed", "what was empty may be gone");
    await sheet().getByText("No channel is open").waitFor();
  });

  test("asks no third party for anything, and breaks no policy", () => {
    const { asked, faults } = stage.visitor;
    assert.deepEqual(
      [...asked].filter((host) => host !== ""),
      ["127.0.0.1"],
    );
    assert.deepEqual(
      faults.filter((fault) => !/ERR_CONNECTION_REFUSED|status of 404/.test(fault)),
      [],
    );
  });
});
