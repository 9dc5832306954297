// What a client may choose of how it is sealed, captured at every hop: answers of one frame size, sessions, and evidence
// that is there before it is needed.

import { Conversation } from "@cocoon/protocol";
import type { RunningGateway, RunningWorker } from "@cocoon/services";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { goodRequest, openaiOf, post, refusalIn, textOf } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { joined } from "./rig.ts";
import { scriptedAnswer, ScriptedEngine } from "./scripted-engine.ts";

suite("a client that chooses how it is sealed", () => {
  /** Sizes of the pieces of answers as proxy and client hear them. */
  const sizes: number[] = [];
  /** Sizes of sealed requests as proxy and worker hear them. */
  const requests: number[] = [];
  let evidenceAsked = 0;
  // oxlint-disable-next-line unbound-method -- called with its own conversation below
  const { hear } = Conversation.prototype;
  let network: Network;
  let gateway: RunningGateway;
  let worker: RunningWorker;

  const logged = (event: string): number =>
    network.log.filter((line) => line.includes(event)).length;
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
      if (message?.name === "bodyLast") requests.push(message.body.length);
      if (message?.name === "getEvidence") evidenceAsked += 1;
      return message;
    };
    network = await createNetwork();
    await network.startProxy();
    worker = await network.startWorker("worker-1", { scripted: new ScriptedEngine(4) });
    await waitFor("the worker is offered", () => logged("worker_joined") === 1);
    gateway = await network.startGateway({ keepsSessions: true });
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

  test("has verified the worker before it asks for the first time", async () => {
    await waitFor("the evidence is there", () => evidenceAsked === 1);
    assert.equal(await ask("standard"), scriptedAnswer("Say hello"));
    assert.equal(evidenceAsked, 1);
  });

  test("lets one key exchange serve later requests, and makes another when the worker has forgotten it", async () => {
    const [full] = requests;
    requests.length = 0;
    await ask("standard");
    assert.deepEqual(requests, [(full ?? 0) - 1_104, (full ?? 0) - 1_104]);
    await worker.close();
    worker = await network.startWorker("worker-1", { scripted: new ScriptedEngine(4) });
    const isReplaced = () => logged("worker_joined") === 2 && logged("worker_left") === 1;
    await waitFor("the new one is offered, and the old one is not", isReplaced);
    await joined(gateway, 1);
    requests.length = 0;
    await ask("standard");
    assert.equal(requests[0], full);
  });

  test("has, in the strict class, a head and then chunks of 4,115 bytes alone, the final one included", async () => {
    assert.equal(await ask("strict"), scriptedAnswer("Say hello"));
    assert.ok(sizes.length >= 6, String(sizes.length));
    assert.deepEqual(new Set(sizes), new Set([61, 4_115]));
  });

  test("has to ask for that: an answer of the standard class has frames in steps of 256 bytes", async () => {
    assert.equal(await ask("standard"), scriptedAnswer("Say hello"));
    assert.ok(sizes.every((size) => size === 61 || (size - 19) % 256 === 0));
    assert.ok(!sizes.includes(4_115));
  });
});
