// An answer of the strict class, captured at every hop: one size, and no more frames for more words.

import { Conversation } from "@cocoon/protocol";
import type { RunningGateway } from "@cocoon/services";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { goodRequest, openaiOf, post, refusalIn, textOf } from "./ask.ts";
import { createNetwork, type Network } from "./harness.ts";
import { joined } from "./rig.ts";
import { scriptedAnswer, ScriptedEngine } from "./scripted-engine.ts";

suite("an answer of the strict class", () => {
  /** Sizes of the pieces of answers as proxy and client hear them. */
  const sizes: number[] = [];
  // oxlint-disable-next-line unbound-method -- called with its own conversation below
  const { hear } = Conversation.prototype;
  let network: Network;
  let gateway: RunningGateway;

  const ask = async (privacy: string): Promise<string> => {
    sizes.length = 0;
    const stream = await openaiOf(gateway).chat.completions.create(
      { ...goodRequest, stream: true },
      { headers: { "x-cocoon-privacy": privacy } },
    );
    return await textOf(stream);
  };

  before(async () => {
    Conversation.prototype.hear = async function record(this: Conversation) {
      const message = await hear.call(this);
      const isPiece = message?.name === "answer" || message?.name === "final";
      if (isPiece) sizes.push(message.body.length);
      return message;
    };
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1", { scripted: new ScriptedEngine(4) });
    gateway = await network.startGateway();
    await joined(gateway, 1);
  });
  after(async () => {
    Conversation.prototype.hear = hear;
    await network.stop();
  });

  test("a privacy that is none is refused", async () => {
    const response = await post(gateway, goodRequest, { "x-cocoon-privacy": "total" });
    const { code, param } = await refusalIn(response);
    assert.deepEqual([code, param], ["request_malformed", "x-cocoon-privacy"]);
  });

  test("has a head and then chunks of 4,115 bytes alone, the final one included", async () => {
    assert.equal(await ask("strict"), scriptedAnswer("Say hello"));
    assert.ok(sizes.length >= 6, String(sizes.length));
    assert.deepEqual(new Set(sizes), new Set([61, 4_115]));
  });

  test("is asked for: an answer of the standard class has frames in steps of 256 bytes", async () => {
    assert.equal(await ask("standard"), scriptedAnswer("Say hello"));
    assert.ok(sizes.every((size) => size === 61 || (size - 19) % 256 === 0));
    assert.ok(!sizes.includes(4_115));
  });
});
