import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Address, beginCell, external, storeMessage } from "@ton/core";
import { nanotons } from "@cocoon/protocol";
import {
  createChainClient,
  findTransaction,
  type HistoryCursor,
  waitForTransaction,
} from "@cocoon/sdk";
import { pollMs, requestTimeoutMs, devnetSuite, ton } from "./devnet-chain.ts";

const nobody = `0:${"11".repeat(32)}`;

/** An endpoint that answers everything like this; undefined: it breaks the connection. */
async function startFaultyEndpoint(status: number | undefined, body: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return server;
}

function urlOf(server: Server): string {
  // oxlint-disable-next-line no-unsafe-type-assertion -- listening on TCP
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/jsonRPC`;
}

async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

devnetSuite("createChainClient() with its endpoints", (chain) => {
  const connect = (endpoints: readonly string[], networkId = chain().devnet.networkId) =>
    createChainClient({ endpoints, networkId, requestTimeoutMs, pollMs });

  test("refuses an endpoint of another network before it believes anything", async () => {
    const client = connect([chain().devnet.url], -239);
    const mismatch = { code: "network_mismatch" };
    await assert.rejects(client.masterchain(), mismatch);
    await assert.rejects(client.account(nobody), mismatch);
    await assert.rejects(client.sendExternal(beginCell().endCell()), mismatch);
  });

  test("takes the next endpoint when one is gone, broken or overloaded", async () => {
    const faults = [
      await startFaultyEndpoint(undefined, ""),
      await startFaultyEndpoint(503, "busy"),
      await startFaultyEndpoint(429, `{"ok":false,"error":"Ratelimit exceed","code":429}`),
      await startFaultyEndpoint(200, "{}"),
    ];
    const urls = faults.map(urlOf);
    try {
      const client = connect([...urls, chain().devnet.url]);
      assert.ok((await client.masterchain()).seqno >= 1);
      assert.equal((await client.account(nobody)).status, "uninitialized");
      await assert.rejects(connect(urls).account(nobody), { code: "chain_unavailable" });
    } finally {
      await Promise.all(faults.map(stopServer));
    }
  });

  test("get() throws contract_unexpected where there is no such method", async () => {
    await assert.rejects(chain().client.get(nobody, "seqno"), { code: "contract_unexpected" });
  });

  test("sendExternal() throws transaction_failed when the account refuses", async () => {
    const wallet = await chain().wallet("external", 1n);
    await wallet.send([{ to: nobody, value: nanotons(1n), bounce: false }]);
    const message = external({ to: Address.parse(wallet.address), body: beginCell().endCell() });
    const sending = chain().client.sendExternal(beginCell().store(storeMessage(message)).endCell());
    await assert.rejects(sending, { code: "transaction_failed" });
  });
});

devnetSuite("createChainClient() with accounts and histories", (chain) => {
  test("account() tells what an address holds, before and after its first transaction", async () => {
    const address = `0:${"22".repeat(32)}`;
    const fresh = await chain().client.account(address);
    assert.deepEqual(
      [fresh.balance, fresh.status, fresh.codeHash, fresh.lastLt, fresh.lastHash],
      [0n, "uninitialized", undefined, 0n, undefined],
    );
    await chain().devnet.faucet(address, ton);
    const account = await chain().client.account(address);
    assert.equal(account.balance, ton);
    const [transaction] = await chain().client.transactions(address, { limit: 1 });
    assert.equal(transaction?.lt, account.lastLt);
    assert.equal(transaction?.hash, account.lastHash);
    assert.equal(transaction?.failure, undefined);
    assert.equal(transaction?.incoming?.value, ton);
  });

  test("transactions() pages through a history without a gap", async () => {
    const address = `0:${"33".repeat(32)}`;
    for (let amount = 1n; amount <= 7n; amount += 1n) await chain().devnet.faucet(address, amount);
    const values: bigint[] = [];
    let cursor: HistoryCursor | undefined;
    for (;;) {
      const page = await chain().client.transactions(address, {
        limit: 3,
        ...(cursor && { before: cursor }),
      });
      values.push(...page.map(({ incoming }) => incoming?.value ?? 0n));
      cursor = page.at(-1);
      if (cursor === undefined) break;
    }
    assert.deepEqual(values, [7n, 6n, 5n, 4n, 3n, 2n, 1n]);
    const all = { afterLt: 0n, matches: () => false };
    assert.equal(await findTransaction(chain().client, address, all), undefined);
  });

  test("waitForTransaction() waits for one to come, and gives up in time", async () => {
    const address = `0:${"44".repeat(32)}`;
    const matches = ({ incoming }: { incoming: { value: bigint } | undefined }) =>
      incoming?.value === 5n;
    const search = { afterLt: 0n, matches };
    const waiting = waitForTransaction(chain().client, address, { ...search, timeoutMs: 10_000 });
    await chain().devnet.faucet(address, 4n);
    await chain().devnet.faucet(address, 5n);
    assert.equal((await waiting).incoming?.value, 5n);
    const never = { afterLt: 0n, matches: () => false, timeoutMs: 0 };
    await assert.rejects(waitForTransaction(chain().client, address, never), {
      code: "chain_unavailable",
    });
  });
});
