// What an application is given to open its answer to others, and who else is given it: nobody.

import {
  fromHex,
  hashLeaf,
  JsonReader,
  operatorNotice,
  type OpenableContent,
  parseJson,
  parseReceipt,
  requestContent,
  textOf,
  utf8,
  verifyOpening,
} from "@cocoon/protocol";
import { openContent, parseProofFile } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { baseOf, get, goodRequest, post } from "./ask.ts";
import { confirms, type Guess, marksIn, saltsOf } from "./guess.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { filesUnder } from "./recording.ts";

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

  test("comes with what its tier means for a prompt, as each model does", async () => {
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

  test("is confirmed by nothing public, for a prompt of which all is known but four digits", async () => {
    const asked = (pin: string) => {
      const messages = [{ role: "user", content: `My PIN is ${pin}.` }];
      return { ...goodRequest, messages };
    };
    const response = await post(gateway, asked("4711"), { "x-cocoon-content": "yes" });
    const id = response.headers.get("x-cocoon-receipt") ?? "";
    const completion = new JsonReader(parseJson(await response.text(), "internal"), "internal");
    const proof = await waitFor("it is anchored", async () => {
      const answer = await fetch(`${baseOf(gateway)}/v1/receipts/${id}`);
      const isAnchored = answer.headers.get("x-cocoon-receipt-state") === "anchored";
      return isAnchored ? await answer.text() : undefined;
    });
    const folders = ["devnet", "proxy"].map((name) => join(network.home, name));
    const files = folders.flatMap(filesUnder).map((path) => readFileSync(path));
    const published = [utf8(proof), ...files];
    const { receipt } = parseProofFile(proof);
    const { requestId, ...hashes } = parseReceipt(receipt);
    const values = [requestId, new Uint8Array(32), new Uint8Array()].concat(
      hashes.headerHash,
      hashes.claimsHash,
      hashes.requestHash,
      hashes.answerHash,
      hashes.contentCommitment,
      hashLeaf(receipt),
    );
    const confirmed = (
      marks: ReadonlySet<string>,
      salts: ReadonlyMap<string, readonly Uint8Array[]>,
    ) =>
      Array.from({ length: 10_000 }, (_, pin) => String(pin).padStart(4, "0")).filter((pin) =>
        confirms(marks, guessOf(asked(pin), pin), salts),
      );
    const marks = marksIn(published);
    assert.ok(marks.size > 20_000, `there is much that is public: ${marks.size}`);
    const saltsFor = (name: string, from: readonly Uint8Array[]) =>
      [name, saltsOf(name, from)] as const;
    const salts = new Map(["request", "message_0"].map((name) => saltsFor(name, values)));
    assert.deepEqual(confirmed(marks, salts), []);
    // Who is told the salt finds the number at once: so much for the attack.
    const [content] = completion.objects("cocoon_content", 16);
    const digests = content?.strings("digests", 16).map((hex) => fromHex(hex) ?? utf8("")) ?? [];
    const told = new Map([saltsFor("message_0", [content?.hex("salt", 32) ?? utf8("")])]);
    assert.deepEqual(confirmed(marksIn(digests), told), ["4711"]);
  });
});

function guessOf(body: object, pin: string): Guess {
  const { message_0: message, request } = requestContent(
    utf8(JSON.stringify({ path: "/v1/chat/completions", body, tokenIds: true })),
  );
  const text = utf8(`My PIN is ${pin}.`);
  const plain = requestContent(utf8(JSON.stringify({ path: "/v1/chat/completions", body })));
  return {
    ...(request && { request }),
    ...(message && { message_0: message }),
    ...(plain["request"] && { bare: plain["request"] }),
    text,
    pin: utf8(pin),
  };
}
