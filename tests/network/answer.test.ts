import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import OpenAI from "openai";
import { createNetwork, modelName, type Network } from "./harness.ts";

suite("a network of one proxy, two workers and a gateway", () => {
  let network: Network;
  let openai: OpenAI;
  let base: string;

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1");
    const { port } = await network.startGateway();
    base = `http://127.0.0.1:${port}`;
    openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: "none", maxRetries: 0 });
  });
  after(() => network.stop());

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
