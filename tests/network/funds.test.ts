// A channel over its life: topped up within a budget, closed by agreement, and settled when its payer walks away.

import { JsonReader, nanotons, parseJson } from "@cocoon/protocol";
import { readChannel, startChannelClose } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { createNetwork, modelName, type Network, settleEagerly, waitFor } from "./harness.ts";

async function jsonOf(response: Response): Promise<JsonReader> {
  return new JsonReader(parseJson(await response.text(), "internal"), "internal");
}

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
  /** The code of a refusal; undefined when it is an answer. */
  const refusalOf = async (response: Response): Promise<string | undefined> => {
    const json = await jsonOf(response);
    return json.has("error") ? json.object("error").string("code") : undefined;
  };
  const channels = async (): Promise<readonly { address: string; phase: string }[]> => {
    const json = await jsonOf(await fetch(`${base}/v1/channels`));
    return json.objects("data", 10).map((channel) => {
      return { address: channel.address("address"), phase: channel.string("phase") };
    });
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
    const refused = await waitFor("the budget is spent", async () => {
      const code = await refusalOf(await ask());
      const [channel] = await channels();
      const state = await readChannel(network.chain, channel?.address ?? "");
      assert.ok((state?.deposited ?? 0n) <= 3n * deposit);
      return state?.deposited === 3n * deposit ? code : undefined;
    });
    assert.equal(refused, "balance_insufficient");
  });

  test("come back at once when the channel is closed by agreement, and a new one takes its place", async () => {
    const [old] = await channels();
    const address = old?.address ?? "";
    const response = await fetch(`${base}/v1/channels/${address}/close`, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    assert.equal(response.status, 200);
    assert.ok((await jsonOf(response)).nanotons("paidNanotons") > 0n);
    const state = await readChannel(network.chain, address);
    assert.equal(state?.phase, "closed");
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
      return await refusalOf(await ask());
    });
    assert.equal(refused, "channel_closed");
  });
});
