// Attacks on a running network, by the numbers of the table in SECURITY.md.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  type Attester,
  Conversation,
  createSigningKey,
  encodeAnnouncement,
  primitives,
  streamKinds,
} from "@cocoon/protocol";
import { dial, type Engine, type RunningGateway } from "@cocoon/services";
import { codeBy, get, goodRequest, openaiOf, post } from "../network/ask.ts";
import { createNetwork, type Network, waitFor } from "../network/harness.ts";
import { joined } from "../network/rig.ts";

suite("attacks on a network", () => {
  let network: Network;
  let gateway: RunningGateway;
  let machine: Attester;
  /** How many tokens the first worker says beyond those that its engine counted. */
  let invented = 0;

  /** An engine that counts too much. */
  const lying = (real: Engine): Engine => ({
    models: real.models,
    load: () => real.load(),
    close: () => real.close(),
    ...(real.embed !== undefined && { embed: real.embed.bind(real) }),
    run: async function* run(request, options) {
      for await (const event of real.run(request, options)) {
        if (event.type !== "finish") {
          yield event;
          continue;
        }
        const { promptTokenIds: _prompt, answerTokenIds: _answer, ...finish } = event;
        const completionTokens = finish.usage.completionTokens + invented;
        yield { ...finish, usage: { ...finish.usage, completionTokens } };
      }
    },
  });

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1", {
      engine: lying,
      attester: (real) => {
        machine = real;
        return real;
      },
    });
    gateway = await network.startGateway();
    await joined(gateway, 1);
  });
  after(() => network.stop());

  const refusals = () => network.log.filter((line) => line.includes('"worker_refused"'));
  const posted = () => {
    const [books] = network.books("proxy", "incoming_channels");
    return BigInt(books?.["posted"] ?? 0n);
  };

  test("attack 7: one machine's evidence with another stake is refused: platform_shared", async () => {
    const impostor = await network.startWorker("impostor", { attester: () => machine });
    await waitFor("the proxy refuses", () => refusals().length > 0);
    assert.match(refusals().join(), /"code":"platform_shared"/);
    const status = await get<{ workers: readonly unknown[] }>(gateway, "/v1/status");
    assert.equal(status.workers.length, 1);
    await impostor.close();
  });

  test("attack 10: a worker that counts more than was asked for is paid nothing", async () => {
    const paid = posted();
    invented = 100_000;
    const code = await codeBy(openaiOf(gateway).chat.completions.create(goodRequest));
    assert.ok(code === "receipt_mismatch" || code === "engine_failed", String(code));
    assert.equal(posted(), paid);
    invented = 0;
  });

  test("attack 20: evidence that is garbage is refused at once: bundle_malformed", async () => {
    const [proxy] = network.config.proxies;
    const identity = createSigningKey(primitives.randomBytes(32));
    const { networkId, root } = network.config;
    const peer = await dial({
      host: "127.0.0.1",
      port: proxy?.via?.port ?? 0,
      expectPublicKey: network.logKey,
      identity,
      role: "worker",
      networkId,
      rootAddress: root,
    });
    const payout = network.wallet("garbage").address;
    for (let index = 0; index < 20; index += 1) {
      const stream = new Conversation(peer.connection.open(streamKinds.announce));
      const bundle = primitives.randomBytes(20_000);
      const keyConfig = new Uint8Array(1_024);
      await stream.send(encodeAnnouncement({ bundle, keyConfig, asks: [], payout }));
      await assert.rejects(stream.hear(), { code: "bundle_malformed" });
    }
    await peer.close();
    const answer = await post(gateway, goodRequest);
    assert.equal(answer.status, 200);
    await answer.text();
  });
});
