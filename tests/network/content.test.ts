// What an application is given to open its answer to others, and who else is given it: nobody.

import { fromHex, JsonReader, parseJson, parseReceipt, verifyOpening } from "@cocoon/protocol";
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

  test("opens the receipt's commitment, and so does a proof made of it", async () => {
    const response = await post(gateway, goodRequest, { "x-cocoon-content": "yes" });
    const id = response.headers.get("x-cocoon-receipt") ?? "";
    const completion = new JsonReader(parseJson(await response.text(), "internal"), "internal");
    const events = completion.objects("cocoon_content", 2);
    assert.deepEqual(
      events.map((event) => event.string("name")),
      ["request", "answer"],
    );
    const [request, answer] = events;
    assert.ok(request && answer);
    const content = {
      salt: request.hex("salt", 32),
      digests: request.strings("digests", 16).map((hex) => fromHex(hex) ?? assert.fail(hex)),
      fields: {
        request: request.base64("value", 10_000),
        answer: answer.base64("value", 100_000),
      },
    };
    const proof = await (await fetch(`${baseOf(gateway)}/v1/receipts/${id}`)).text();
    const { contentCommitment } = parseReceipt(parseProofFile(proof).receipt);
    const { digests, fields } = openContent(content, ["request", "answer"]);
    for (const field of fields) {
      assert.ok(verifyOpening(contentCommitment, { ...field, digests }));
    }
  });
});
