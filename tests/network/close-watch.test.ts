// A payer that walks away alone, from a proxy whose own time to settle would come much too late.

import { JsonReader, nanotons, parseJson } from "@cocoon/protocol";
import { readChannel, startChannelClose } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { createNetwork, modelName, type Network, waitFor } from "./harness.ts";

suite("a proxy that settles once a week", () => {
  let network: Network;
  let base: string;

  before(async () => {
    network = await createNetwork();
    const never = { thresholdNanotons: nanotons(10n ** 18n), intervalMs: 7 * 24 * 3_600_000 };
    await network.startProxy({ settle: never });
    await network.startWorker("worker-1");
    base = `http://127.0.0.1:${(await network.startGateway()).port}`;
  });
  after(() => network.stop());

  test("sees on the chain that a payer starts to close, and takes what it was promised at once", async () => {
    const answer = await fetch(`${base}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: modelName,
        messages: [{ role: "user", content: "Say hello" }],
        max_tokens: 8,
      }),
    });
    assert.equal(answer.status, 200);
    await answer.text();
    const listed = await fetch(`${base}/v1/channels`);
    const json = new JsonReader(parseJson(await listed.text(), "internal"), "internal");
    const address = json.objects("data", 2)[0]?.address("address") ?? "";
    const vouchered = await waitFor("a voucher is held", () => {
      const [row] = network.books("proxy", "incoming_channels");
      const held = BigInt(row?.["vouchered"] ?? 0n);
      return held > 0n && held;
    });
    assert.equal((await readChannel(network.chain, address))?.claimed, 0n);
    await startChannelClose(network.wallet("gateway"), address);
    const state = await waitFor("what was vouchered is claimed", async () => {
      const now = await readChannel(network.chain, address);
      return now !== undefined && now.claimed > 0n && now;
    });
    assert.equal(state.claimed, vouchered);
    assert.equal(state.phase, "closing");
  });
});
