import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type OpenAI from "openai";
import { operatorNotice } from "@cocoon/protocol";
import { get, goodRequest, openaiOf, post } from "./ask.ts";
import { createNetwork, modelName, type Network } from "./harness.ts";

suite("a network of one proxy, two workers and a gateway", () => {
  let network: Network;
  let openai: OpenAI;
  let gateway: { readonly port: number };

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1");
    gateway = await network.startGateway();
    openai = openaiOf(gateway);
  });
  after(() => network.stop());

  test("says with each answer and each model what its tier means for a prompt", async () => {
    const statement = operatorNotice("dev") ?? assert.fail("dev has no notice");
    const answer = await post(gateway, goodRequest);
    assert.equal(answer.headers.get("x-cocoon-tier"), "dev");
    assert.equal(answer.headers.get("x-cocoon-notice"), statement);
    await answer.text();
    type Listing = { readonly tier: string; readonly statement: string };
    const models = await get<{ data: readonly { cocoon: Listing }[] }>(gateway, "/v1/models");
    assert.equal(models.data[0]?.cocoon.tier, "dev");
    assert.equal(models.data[0]?.cocoon.statement, statement);
    const receipts = await get<{ data: readonly { tier: string }[] }>(gateway, "/v1/receipts");
    assert.equal(receipts.data[0]?.tier, "dev");
  });

  test("answers the unmodified openai package, streamed", async () => {
    const stream = await openai.chat.completions.create({
      model: modelName,
      messages: [{ role: "user", content: "Say hello" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    console.log(text);
    assert.ok(text.length > 0);
  });
});
