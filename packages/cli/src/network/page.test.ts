import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { openPage } from "./page.ts";
import type { NetworkPlan } from "./plan.ts";

const address = `0:${"11".repeat(32)}`;
// oxlint-disable-next-line no-unsafe-type-assertion -- what a page is told of
const plan = {
  host: "127.0.0.1",
  ports: { page: 0, log: 1 },
  network: { networkId: -7_239, root: address, endpoints: ["http://127.0.0.1:9/"] },
  proxyBond: address,
} as unknown as NetworkPlan;

async function open(context: TestContext, telegramUrl?: string): Promise<string> {
  const page = await openPage(plan, telegramUrl);
  assert.ok(page !== undefined, "the site was built");
  context.after(() => page.close(0));
  return `http://127.0.0.1:${page.port}/`;
}

test("openPage() lets nobody show the page in a frame", async (context) => {
  const url = await open(context);
  const { headers } = await fetch(url);
  assert.match(headers.get("content-security-policy") ?? "", /; frame-ancestors 'none'$/);
  assert.equal(headers.get("x-frame-options"), "DENY");
  const network = JSON.parse(await (await fetch(`${url}network.json`)).text()) as object; // oxlint-disable-line no-unsafe-type-assertion -- an object
  assert.ok(!("telegramUrl" in network));
});

test("openPage() lets Telegram Web show the page of a Mini App, and tells it its link", async (context) => {
  const url = await open(context, "https://t.me/bot/app");
  const { headers } = await fetch(url);
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /; frame-ancestors https:\/\/web\.telegram\.org$/);
  assert.equal(headers.get("x-frame-options"), null);
  const network = JSON.parse(await (await fetch(`${url}network.json`)).text()) as object; // oxlint-disable-line no-unsafe-type-assertion -- an object
  assert.deepEqual(Object.entries(network).at(-1), ["telegramUrl", "https://t.me/bot/app"]);
});
