import { type JsonReader, JsonReader as Reader, parseJson } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startTestServer } from "../../../testing/test-server.ts";
import { createTestWallet } from "../../../testing/wallet.ts";

const ton = 1_000_000_000n;
const alice = createTestWallet(1);
const bob = createTestWallet(2);

/** The events of a stream, one after another. Ends with the test. */
async function openStream(
  context: TestContext,
  origin: string,
  subscription: object,
): Promise<() => Promise<JsonReader>> {
  const abort = new AbortController();
  context.after(() => abort.abort());
  const response = await fetch(`${origin}/api/streaming/v2/sse`, {
    method: "POST",
    body: JSON.stringify(subscription),
    signal: abort.signal,
  });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return async () => {
    while (!text.includes("\n\n")) text += (await reader.read()).value ?? "";
    const [event = "", ...rest] = text.split("\n\n");
    text = rest.join("\n\n");
    return new Reader(parseJson(event.replace(/^data: /, ""), "internal"), "internal");
  };
}

test("streaming refuses what is no subscription", async (context) => {
  const { origin } = await startTestServer(context);
  const addresses = [alice.address];
  const bad = [
    {},
    { addresses },
    { addresses, types: [] },
    { addresses, types: ["actions"] },
    { addresses: [], types: ["transactions"] },
    { addresses: ["nowhere"], types: ["transactions"] },
    { addresses: [7], types: ["transactions"] },
    { addresses, types: ["transactions"], min_finality: "soon" },
  ];
  for (const body of bad) {
    const response = await fetch(`${origin}/api/streaming/v2/sse`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 400, JSON.stringify(body));
    await response.text();
  }
  const response = await fetch(`${origin}/api/streaming/v2/sse`);
  assert.equal(response.status, 404);
});

test("streaming tells of the addresses asked for, confirmed before finalized", async (context) => {
  const { ledger, origin } = await startTestServer(context);
  const types = ["transactions", "account_state_change"];
  const next = await openStream(context, origin, {
    addresses: [bob.address],
    types,
    min_finality: "confirmed",
  });
  assert.equal((await next()).string("status"), "subscribed");
  await ledger.mint(alice.address, ton);
  await ledger.mint(bob.address, 7n);
  for (const finality of ["confirmed", "finalized"]) {
    const transactions = await next();
    assert.equal(transactions.string("type"), "transactions");
    assert.equal(transactions.string("finality"), finality);
    const [transaction] = transactions.objects("transactions", 2);
    assert.equal(transaction?.string("account"), bob.address.toUpperCase());
    const change = await next();
    assert.equal(change.string("type"), "account_state_change");
    assert.equal(change.string("account"), bob.address.toUpperCase());
    assert.equal(change.object("state").string("balance"), "7");
  }
});

test("streaming tells only of what is final unless asked for more", async (context) => {
  const { ledger, origin } = await startTestServer(context, { blockMs: 3_600_000 });
  const next = await openStream(context, origin, {
    addresses: [bob.address],
    types: ["account_state_change"],
  });
  await next();
  await ledger.mint(bob.address, 1n);
  await ledger.mint(bob.address, 2n);
  ledger.seal();
  const first = await next();
  assert.equal(first.string("finality"), "finalized");
  assert.equal(first.object("state").string("balance"), "3");
  assert.equal((await next()).string("finality"), "finalized");
});

test("serveToncenter() closes although streams are open", async (context) => {
  const { origin } = await startTestServer(context);
  const next = await openStream(context, origin, {
    addresses: [bob.address],
    types: ["transactions"],
  });
  assert.equal((await next()).string("status"), "subscribed");
});
