// A proxy's doors for those who have nothing but HTTP.

import {
  Conversation,
  createSigningKey,
  encodeMessage,
  readJsonBody,
  streamKinds,
} from "@cocoon/protocol";
import { dialWebSocket, type OpeningSocket } from "@cocoon/sdk";
import type { RunningProxy } from "@cocoon/services";
import assert from "node:assert/strict";
import { request } from "node:https";
import { after, before, suite, test } from "node:test";
import { WebSocket } from "ws";
import { createNetwork, type Network } from "./harness.ts";

const clientKey = createSigningKey(new Uint8Array(32).fill(9));
/** As a browser would, were the certificate one of an authority. */
const openSocket = (url: string, protocol: string): OpeningSocket =>
  new WebSocket(url, protocol, { rejectUnauthorized: false });

suite("a proxy's web doors", () => {
  let network: Network;
  let proxy: RunningProxy;

  before(async () => {
    network = await createNetwork();
    proxy = await network.startProxy({ logPort: 0 });
  });

  after(() => network.stop());

  /** What the proxy answers to GETSTATUS over a WebSocket at this address. */
  async function statusOver(url: string): Promise<number> {
    const { networkId, root } = network.config;
    const peer = await dialWebSocket({
      url,
      openSocket,
      expectPublicKey: network.logKey,
      identity: clientKey,
      role: "client",
      networkId,
      rootAddress: root,
    });
    const conversation = new Conversation(peer.connection.open(streamKinds.status));
    await conversation.send(encodeMessage("getStatus"));
    const status = readJsonBody(await conversation.expect("status"));
    await peer.close();
    return status.int("networkId");
  }

  test("the one public port speaks to nodes, WebSockets and web clients alike", async () => {
    const { networkId } = network.config;
    assert.equal(await statusOver(`wss://127.0.0.1:${proxy.port}/wire`), networkId);
    assert.equal(await statusOver(`ws://127.0.0.1:${proxy.logPort}/wire`), networkId);
    assert.equal(await httpsStatusOf(`https://127.0.0.1:${proxy.port}/nothing`), 404);
  });

  test("a WebSocket at another path is refused, and a proxy closes at once with WebSockets open", async () => {
    await assert.rejects(statusOver(`wss://127.0.0.1:${proxy.port}/other`), {
      code: "peer_unreachable",
    });
    const silent = new WebSocket(`wss://127.0.0.1:${proxy.port}/wire`, {
      rejectUnauthorized: false,
    });
    silent.on("error", () => undefined);
    await proxy.close();
  });
});

function httpsStatusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}
