// A channel over its life: topped up within a budget, closed by agreement, and settled when its payer walks away.

import { nanotons } from "@cocoon/protocol";
import { readChannel, startChannelClose } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { createNetwork, modelName, type Network, settleEagerly, waitFor } from "./harness.ts";

type Channels = { readonly data: readonly { readonly address: string; readonly phase: string }[] };

suite("a channel's funds", () => {
  let network: Network;
  let base: string;
  const deposit = nanotons(80_000n);

  const ask = async (): Promise<Response> =>
    await fetch(`${base}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: modelName,
        messages: [{ role: "user", content: "Say hello" }],
        max_tokens: 16,
      }),
    });
  const channels = async (): Promise<Channels["data"]> => {
    const response = await fetch(`${base}/v1/channels`);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the gateway's own shape
    return ((await response.json()) as Channels).data;
  };

  before(async () => {
    network = await createNetwork();
    await network.startProxy({ settle: settleEagerly });
    await network.startWorker("worker-1");
    const { port } = await network.startGateway({
      depositNanotons: deposit,
      budgetNanotons: nanotons(3n * deposit),
    });
    base = `http://127.0.0.1:${port}`;
  });
  after(() => network.stop());

  test("are topped up before they run out, and never beyond the budget", async () => {
    let answered = 0;
    const refused = await waitFor("the budget is spent", async () => {
      const response = await ask();
      const { error } = (await response.json()) as { error?: { code: string } };
      answered += error === undefined ? 1 : 0;
      return error;
    });
    assert.equal(refused.code, "balance_insufficient");
    assert.ok(answered > 10);
    const [channel] = await channels();
    const state = await readChannel(network.chain, channel?.address ?? "");
    assert.equal(state?.deposited, 3n * deposit);
  });

  test("come back at once when the channel is closed by agreement, and a new one takes its place", async () => {
    const [old] = await channels();
    const address = old?.address ?? "";
    const before = await readChannel(network.chain, address);
    const response = await fetch(`${base}/v1/channels/${address}/close`, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    const closed = (await response.json()) as { paidNanotons: string };
    assert.equal(response.status, 200);
    assert.ok(BigInt(closed.paidNanotons) > 0n);
    const after = await readChannel(network.chain, address);
    assert.equal(after?.phase, "closed");
    assert.ok(before !== undefined);
    const answer = await waitFor("a new channel is open", async () => {
      const again = await ask();
      return again.status === 200 && again;
    });
    await answer.body?.cancel();
    assert.deepEqual(
      (await channels()).map(({ phase }) => phase),
      ["closed", "open"],
    );
  });

  test("are settled by the proxy on its own when the payer starts to close alone", async () => {
    const channel = (await channels()).find(({ phase }) => phase === "open");
    const address = channel?.address ?? "";
    const books = await waitFor("a voucher is held", () => {
      const row = network
        .books("proxy", "incoming_channels")
        .find(({ address: other }) => other === address);
      return (
        row !== undefined &&
        row["posted"] === row["vouchered"] &&
        BigInt(row["posted"] ?? 0n) > 0n &&
        row
      );
    });
    await startChannelClose(network.wallet("gateway"), address);
    await waitFor("everything vouchered is claimed", async () => {
      const state = await readChannel(network.chain, address);
      return state?.phase === "closing" && state.claimed === books["vouchered"];
    });
    const refused = await waitFor("the proxy has noticed", async () => {
      const { error } = (await (await ask()).json()) as { error?: { code: string } };
      return error;
    });
    assert.equal(refused.code, "channel_closed");
  });
});
