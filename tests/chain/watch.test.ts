import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { RawAddress } from "@cocoon/protocol";
import { type ChainClient, createChainClient } from "@cocoon/sdk";
import { devnetSuite, pollMs, requestTimeoutMs } from "./devnet-chain.ts";

const address = (digits: string): RawAddress => `0:${digits.repeat(32)}`;

/** A server before the devnet whose connections a test can cut, and which may lack streams. */
async function startDoor(
  context: TestContext,
  target: string,
  { lacks }: { readonly lacks: readonly string[] },
) {
  const door = {
    streams: 0,
    /** Requests of API v2. */
    questions: 0,
    openStreams: 0,
    mostStreams: 0,
    url: "",
    cut: () => server.closeAllConnections(),
  };
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const isStream = incoming.url?.includes("/streaming/") === true;
    if (incoming.url?.startsWith("/api/v2/") === true) door.questions += 1;
    if (lacks.some((path) => incoming.url?.startsWith(path))) {
      incoming.resume();
      outgoing.writeHead(404, { "content-type": "application/json" }).end("{}");
      return;
    }
    if (isStream) {
      door.streams += 1;
      door.openStreams += 1;
      door.mostStreams = Math.max(door.mostStreams, door.openStreams);
      outgoing.on("close", () => {
        door.openStreams -= 1;
      });
    }
    const { method = "GET", url = "/", headers } = incoming;
    const onward = forward({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    door.cut();
    server.close();
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- listening on TCP
  door.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/jsonRPC`;
  return door;
}

/** What a watch tells, one call after another. Ends with the test. */
function startWatch(context: TestContext, client: ChainClient, addresses: readonly RawAddress[]) {
  const abort = new AbortController();
  const told: (readonly RawAddress[])[] = [];
  let wake = (): void => undefined;
  const ended = client.watch(
    addresses,
    (changed) => {
      told.push(changed);
      wake();
    },
    abort.signal,
  );
  context.after(async () => {
    abort.abort();
    await ended;
  });
  const next = async (): Promise<readonly RawAddress[]> => {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return told.shift() ?? [];
  };
  return { next, told, abort, ended };
}

devnetSuite("watch() of createChainClient()", (chain) => {
  const connect = (url: string, networkId = chain().devnet.networkId) =>
    createChainClient({ endpoints: [url], networkId, requestTimeoutMs, pollMs, lookMs: pollMs });

  test("refuses an endpoint of another network", async () => {
    const client = connect(chain().devnet.url, -3);
    const { signal } = new AbortController();
    await assert.rejects(
      client.watch([address("a1")], () => undefined, signal),
      {
        code: "network_mismatch",
      },
    );
  });

  test("tells by stream: all at first, then what changes, and all again after a cut", async (context) => {
    const { devnet } = chain();
    const door = await startDoor(context, devnet.url, { lacks: [] });
    const addresses = [address("a1"), address("a2")];
    const watch = startWatch(context, connect(door.url), addresses);
    assert.deepEqual(await watch.next(), addresses);
    await devnet.faucet(address("a3"), 1n);
    await devnet.faucet(address("a2"), 1n);
    assert.deepEqual(await watch.next(), [address("a2")]);
    assert.equal(door.streams, 1);
    door.cut();
    await devnet.faucet(address("a1"), 1n);
    assert.deepEqual(await watch.next(), addresses);
    await devnet.faucet(address("a1"), 1n);
    assert.ok((await watch.next()).includes(address("a1")));
    assert.ok(door.streams >= 2);
    watch.abort.abort();
    await watch.ended;
  });

  for (const [title, path, lacks] of [
    ["for all at once", "b", ["/api/streaming/"]],
    ["for each where there is no API v3 either", "d", ["/api/streaming/", "/api/v3/"]],
  ] as const) {
    test(`asks where there is no stream, ${title}`, async (context) => {
      const { devnet } = chain();
      const door = await startDoor(context, devnet.url, { lacks });
      const addresses = [address(`${path}1`), address(`${path}2`)] as const;
      const watch = startWatch(context, connect(door.url), addresses);
      assert.deepEqual(await watch.next(), addresses);
      await devnet.faucet(addresses[1], 1n);
      assert.deepEqual(await watch.next(), [addresses[1]]);
      // One question is which network it serves.
      assert.equal(door.questions === 1, path === "b");
      door.cut();
      await devnet.faucet(addresses[0], 1n);
      assert.deepEqual(await watch.next(), [addresses[0]]);
    });
  }

  test("opens two streams at most; a third watch asks, and all are told", async (context) => {
    const { devnet } = chain();
    const door = await startDoor(context, devnet.url, { lacks: [] });
    const client = connect(door.url);
    const watches = ["c1", "c2", "c3"].map((digits) =>
      startWatch(context, client, [address(digits)]),
    );
    for (const watch of watches) await watch.next();
    for (const [index, digits] of ["c1", "c2", "c3"].entries()) {
      await devnet.faucet(address(digits), 1n);
      assert.deepEqual(await watches[index]?.next(), [address(digits)]);
    }
    assert.equal(door.mostStreams, 2);
  });
});
