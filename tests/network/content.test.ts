// What an application is given to open its answer to others, and who else is given it: nobody.

import {
  fromHex,
  JsonReader,
  type OpenableContent,
  parseJson,
  parseReceipt,
  textOf,
  verifyOpening,
} from "@cocoon/protocol";
import { openContent, parseProofFile } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { baseOf, goodRequest, post } from "./ask.ts";
import { createNetwork, type Network } from "./harness.ts";

suite("an answer's content", () => {
  let network: Network;
  let gateway: { readonly port: number };

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1");
    gateway = await network.startGateway();
  });
  after(() => network.stop());

  test("is not given to who does not ask for it", async () => {
    for (const headers of [{}, { "x-cocoon-content": "no" }]) {
      for (const stream of [false, true]) {
        const response = await post(gateway, { ...goodRequest, stream }, headers);
        assert.equal(response.status, 200);
        assert.doesNotMatch(await response.text(), /cocoon.content/);
      }
    }
  });

  test("opens the receipt's commitment field by field, and so does a proof made of it", async () => {
    const response = await post(gateway, goodRequest, { "x-cocoon-content": "yes" });
    const id = response.headers.get("x-cocoon-receipt") ?? "";
    const completion = new JsonReader(parseJson(await response.text(), "internal"), "internal");
    const events = completion.objects("cocoon_content", 16);
    const [request] = events;
    assert.ok(request);
    const values = events.map((event) => {
      return [event.string("name"), event.base64("value", 100_000)] as const;
    });
    const content: OpenableContent = {
      salt: request.hex("salt", 32),
      digests: request.strings("digests", 16).map((hex) => fromHex(hex) ?? assert.fail(hex)),
      fields: Object.fromEntries(values),
    };
    const names = [
      "request",
      "message_0",
      "parameters",
      "answer",
      "answer_text",
      "prompt_token_ids",
      "answer_token_ids",
    ];
    assert.deepEqual(Object.keys(content.fields), names);
    assert.equal(content.digests.length, names.length, "nothing else is committed to");
    const text = (name: string) => textOf(content.fields[name] ?? assert.fail(name));
    assert.equal(text("message_0"), JSON.stringify(goodRequest.messages[0]));
    const [choice] = completion.objects("choices", 1);
    assert.equal(text("answer_text"), choice?.object("message").string("content"));
    const proof = await (await fetch(`${baseOf(gateway)}/v1/receipts/${id}`)).text();
    const { contentCommitment, usage } = parseReceipt(parseProofFile(proof).receipt);
    assert.equal(content.fields["prompt_token_ids"]?.length, 4 * usage.promptTokens);
    assert.equal(content.fields["answer_token_ids"]?.length, 4 * usage.completionTokens);
    const { digests, fields } = openContent(content, names);
    for (const field of fields) {
      assert.ok(verifyOpening(contentCommitment, { ...field, digests }));
    }
  });
});
