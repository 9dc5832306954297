import { JsonReader, parseJson } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, type TestServer } from "../../../testing/test-server.ts";
import { createTestWallet } from "../../../testing/wallet.ts";

const ton = 1_000_000_000n;
const alice = createTestWallet(1);
const bob = createTestWallet(2);

async function ask(
  { origin }: TestServer,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly json: JsonReader }> {
  const response = await fetch(`${origin}/api/v3/${path}`, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  const json = new JsonReader(parseJson(await response.text(), "internal"), "internal");
  return { status: response.status, json };
}

/** A chain on which Alice has sent Bob half a TON; with the answer that her wallet got. */
async function afterTransfer(server: TestServer): Promise<JsonReader> {
  await server.ledger.mint(alice.address, ton);
  const boc = await alice.sign(0, [{ to: bob.address, nanotons: ton / 2n }]);
  const { status, json } = await ask(server, "message", { boc: boc.toString("base64") });
  assert.equal(status, 200);
  return json;
}

test("API v3 answers bad parameters with 400, unknown paths and verbs with 404", async (context) => {
  const server = await startTestServer(context);
  const bad = [
    "accountStates",
    "accountStates?address=nowhere",
    "walletStates?address=",
    "transactions?sort=sideways",
    "transactions?limit=0",
    "transactions?limit=1001",
    "transactions?account=x",
    "transactions?lt=-1",
    "transactionsByMessage",
    "transactionsByMessage?msg_hash=zz",
    `transactionsByMessage?opcode=0x1&direction=up`,
    "traces",
    "traces?tx_hash=zz",
    "walletInformation",
  ];
  for (const path of bad) assert.equal((await ask(server, path)).status, 400, path);
  for (const path of ["actions", "message", "nft/items", "transactions/"]) {
    assert.equal((await ask(server, path)).status, 404, path);
  }
  for (const stack of ["no", [["num", "1"]], [7], [{ type: "num", value: "x" }]]) {
    const body = { address: alice.address, method: "seqno", stack };
    assert.equal((await ask(server, "runGetMethod", body)).status, 400);
  }
  assert.equal((await ask(server, "message", { boc: "AAAA" })).status, 400);
});

test("message takes a wallet's message and names it as API v2 does; a bad one is refused", async (context) => {
  const server = await startTestServer(context);
  const sent = await afterTransfer(server);
  assert.equal(Buffer.from(sent.string("message_hash"), "base64").length, 32);
  const again = await alice.sign(0, [{ to: bob.address, nanotons: 1n }]);
  const refused = await ask(server, "message", { boc: again.toString("base64") });
  assert.equal(refused.status, 500);
  assert.match(refused.json.string("error"), /exitcode=/);
});

test("transactions are listed by account, hash, time and order", async (context) => {
  const server = await startTestServer(context);
  await afterTransfer(server);
  const all = (await ask(server, "transactions?limit=100")).json.objects("transactions", 100);
  assert.equal(all.length, server.ledger.history.rows.length);
  const ofBob = await ask(server, `transactions?account=${bob.address}&account=${bob.address}`);
  const [received] = ofBob.json.objects("transactions", 10);
  assert.equal(received?.string("account"), bob.address.toUpperCase());
  assert.equal(received?.object("in_msg").string("value"), (ton / 2n).toString());
  assert.equal(received?.object("description").object("compute_ph").boolean("skipped"), true);
  assert.equal(received?.uint("mc_block_seqno"), server.ledger.lastBlock.seqno);
  const hash = encodeURIComponent(received?.string("hash") ?? "");
  const named = await ask(server, `transactions?hash=${hash}`);
  assert.equal(named.json.objects("transactions", 10).length, 1);
  const ascending = await ask(server, "transactions?sort=asc&limit=1&offset=1");
  assert.equal(
    ascending.json.objects("transactions", 1)[0]?.string("account"),
    all.at(-2)?.string("account"),
  );
  const sealed = await ask(server, `transactions?mc_seqno=${server.ledger.lastBlock.seqno}`);
  assert.equal(sealed.json.objects("transactions", 10).length, 2);
});

test("transactionsByMessage and traces find what followed from a message by its normalized hash", async (context) => {
  const server = await startTestServer(context);
  const sent = await afterTransfer(server);
  const hash = encodeURIComponent(sent.string("message_hash_norm"));
  const found = await ask(server, `transactionsByMessage?msg_hash=${hash}&direction=in`);
  const [transaction] = found.json.objects("transactions", 10);
  assert.equal(transaction?.string("account"), alice.address.toUpperCase());
  const outgoing = await ask(server, `transactionsByMessage?msg_hash=${hash}&direction=out`);
  assert.deepEqual(outgoing.json.objects("transactions", 10), []);
  const { json } = await ask(server, `traces?msg_hash=${hash}`);
  const [trace] = json.objects("traces", 2);
  assert.equal(trace?.object("trace_info").uint("transactions"), 2);
  assert.equal(trace?.object("trace").string("tx_hash"), transaction?.string("hash"));
  assert.equal(trace?.object("trace").objects("children", 5).length, 1);
  assert.equal(trace?.array("transactions_order", 5).length, 2);
  const byAccount = await ask(server, `traces?account=${bob.address}`);
  assert.equal(byAccount.json.objects("traces", 5).length, 1);
});

test("accountStates and walletStates tell of many accounts at once, in the order asked", async (context) => {
  const server = await startTestServer(context);
  await afterTransfer(server);
  const query = `address=${alice.address}&address=${bob.address}`;
  const states = (await ask(server, `accountStates?${query}`)).json.objects("accounts", 5);
  assert.deepEqual(
    states.map((state) => [state.string("address"), state.string("status")]),
    [
      [alice.address.toUpperCase(), "active"],
      [bob.address.toUpperCase(), "uninit"],
    ],
  );
  const short = await ask(
    server,
    `accountStates?include_boc=false&${query.replace("&address=", ",")}`,
  );
  assert.ok(!short.json.objects("accounts", 5)[0]?.has("code_boc"));
  const wallets = (await ask(server, `walletStates?${query}`)).json.objects("wallets", 5);
  assert.deepEqual(
    wallets.map((wallet) => wallet.boolean("is_wallet")),
    [true, false],
  );
  assert.equal(wallets[0]?.uint("seqno"), 1);
  const { json } = await ask(server, `walletInformation?address=${alice.address}`);
  assert.equal(json.string("wallet_type"), "wallet v5 r1");
});

test("masterchainInfo, runGetMethod and jetton/wallets answer bare, as API v3 does", async (context) => {
  const server = await startTestServer(context);
  await afterTransfer(server);
  const info = await ask(server, "masterchainInfo");
  assert.equal(info.json.object("last").uint("seqno"), server.ledger.lastBlock.seqno);
  assert.equal(info.json.object("first").uint("seqno"), 1);
  const body = { address: alice.address, method: "seqno", stack: [] };
  const run = await ask(server, "runGetMethod", body);
  assert.equal(run.json.int("exit_code"), 0);
  assert.deepEqual(run.json.array("stack", 1), [{ type: "num", value: "0x1" }]);
  const nobody = { address: bob.address, method: "seqno", stack: [{ type: "num", value: "0x1" }] };
  assert.equal((await ask(server, "runGetMethod", nobody)).json.int("exit_code"), -13);
  const jettons = await ask(server, "jetton/wallets?owner_address=x");
  assert.deepEqual(jettons.json.array("jetton_wallets", 1), []);
});
