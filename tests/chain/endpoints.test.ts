import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { beginCell } from "@ton/core";
import { createChainClient, waitForFinality } from "@cocoon/sdk";
import { devnetSuite, pollMs, requestTimeoutMs } from "./devnet-chain.ts";

const nobody = `0:${"11".repeat(32)}`;
const apiKey = "0123456789abcdef-secret";

type Seen = { readonly url: string; readonly headers: readonly (string | undefined)[] };

/** An endpoint that answers everything like this, for one test. */
async function startEndpoint(context: TestContext, status: number, body: string): Promise<Seen> {
  const headers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    headers.push(request.headers["x-api-key"]?.toString());
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- listening on TCP
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api/v2/jsonRPC`, headers };
}

/** Time passes only by waiting. */
function manualClock() {
  const clock = {
    timeMs: Date.now(),
    nowMs: () => clock.timeMs,
    wait: (durationMs: number) => {
      clock.timeMs += durationMs;
      return Promise.resolve();
    },
  };
  return clock;
}

devnetSuite("the endpoints of createChainClient()", (chain) => {
  test("rest after a failure for a growing while, and are asked again after it", async (context) => {
    const broken = await startEndpoint(context, 503, "busy");
    const { url, networkId } = chain().devnet;
    const clock = manualClock();
    const client = createChainClient({
      endpoints: [broken.url, url],
      networkId,
      requestTimeoutMs,
      clock,
    });
    await client.masterchain();
    const once = broken.headers.length;
    for (let look = 0; look < 5; look += 1) await client.masterchain();
    assert.equal(broken.headers.length, once);
    const alone = createChainClient({
      endpoints: [broken.url],
      networkId,
      requestTimeoutMs,
      clock,
    });
    for (let look = 0; look < 2; look += 1) {
      await assert.rejects(alone.masterchain(), { code: "chain_unavailable" });
    }
    assert.ok(broken.headers.length > once, "an endpoint without another is asked all the same");
  });

  test("get the key in a header, and no error tells it even when they repeat it", async (context) => {
    const faults = [
      await startEndpoint(context, 401, `{"ok":false,"error":"bad key ${apiKey}","code":401}`),
      await startEndpoint(context, 500, `{"error":"external message ${apiKey} was not accepted"}`),
    ];
    for (const { url, headers } of faults) {
      const endpoints = [{ url, apiKey }];
      const client = createChainClient({
        endpoints,
        networkId: -3,
        requestTimeoutMs,
        clock: manualClock(),
      });
      for (const ask of [
        () => client.account(nobody),
        () => client.sendExternal(beginCell().endCell()),
      ]) {
        const error = await ask().then(
          () => assert.fail("answered"),
          (thrown: unknown) => thrown,
        );
        assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes(apiKey));
      }
      assert.ok(headers.length >= 2 && headers.every((header) => header === apiKey));
    }
    const other = await startEndpoint(context, 500, "no");
    const plain = createChainClient({
      endpoints: [other.url],
      networkId: -3,
      requestTimeoutMs,
      clock: manualClock(),
    });
    await assert.rejects(plain.account(nobody));
    assert.deepEqual([...new Set(other.headers)], [undefined]);
  });

  test("are asked once a second without a key, and identical reads that wait are one request", async () => {
    const { url, networkId } = chain().devnet;
    const clock = manualClock();
    const started = clock.timeMs;
    const client = createChainClient({
      endpoints: [url],
      networkId,
      requestTimeoutMs,
      clock,
      requestsPerSecond: 1,
    });
    const accounts = await Promise.all(Array.from({ length: 20 }, () => client.account(nobody)));
    assert.equal(accounts.length, 20);
    // One to learn which network it serves, one for all twenty.
    assert.equal(clock.timeMs - started, 1_000);
    await Promise.all([client.account(nobody), client.masterchain(), client.account(nobody)]);
    assert.ok(clock.timeMs - started >= 3_000);
    const free = createChainClient({ endpoints: [url], networkId, requestTimeoutMs, clock });
    const before = clock.timeMs;
    await Promise.all([free.account(nobody), free.masterchain()]);
    assert.equal(clock.timeMs, before);
  });

  test("waitForFinality() waits for a block where the network needs it, and not for ever", async () => {
    const { devnet, client } = chain();
    await waitForFinality(client, 0);
    const { url, networkId } = devnet;
    const options = { endpoints: [url], networkId, requestTimeoutMs, pollMs };
    const careful = createChainClient({ ...options, finalityBlocks: 1 });
    const first = await careful.masterchain();
    await assert.rejects(waitForFinality(careful, 0), { code: "chain_unavailable" });
    const final = new AbortController();
    const waiting = waitForFinality(careful).finally(() => final.abort());
    // Which block is the first that it sees is for the scheduler to say.
    while (!final.signal.aborted) await devnet.faucet(nobody, 1n);
    await waiting;
    assert.ok((await careful.masterchain()).seqno > first.seqno);
    assert.equal(createChainClient({ ...options, networkId: -239 }).finalityBlocks, 1);
  });
});
