import { JsonReader, parseJson } from "@cocoon/protocol";
import { Address, beginCell, Cell } from "@ton/core";
import * as ton from "@ton/ton";
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { rpc } from "../../testing/rpc.ts";
import { startTestServer } from "../../testing/test-server.ts";
import { createTestWallet } from "../../testing/wallet.ts";
import { bodyBytesMax } from "./request.ts";
import { walletNames } from "./wallets.ts";

const alice = createTestWallet(1);
const bob = createTestWallet(2);

type Answer = { readonly status: number; readonly headers: Headers; readonly json: JsonReader };

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const json = new JsonReader(parseJson(await response.text(), "internal"), "internal");
  return { status: response.status, headers: response.headers, json };
}

function post(url: string, body: string): Promise<Answer> {
  return request(url, { method: "POST", body });
}

/** Cells that each refer to the next. */
function chainOfCells(depth: number): Cell {
  let cell = Cell.EMPTY;
  for (let level = 0; level < depth; level += 1) cell = beginCell().storeRef(cell).endCell();
  return cell;
}

test("an unknown method or path is answered with 404 and JSON", async (context) => {
  const { origin, url } = await startTestServer(context);
  const answers = [
    await post(url, JSON.stringify({ id: "1", jsonrpc: "2.0", method: "mintMeMoney", params: {} })),
    await post(url, JSON.stringify({ id: "1", jsonrpc: "2.0", method: "constructor", params: {} })),
    await request(`${origin}/api/v2/noSuchMethod`),
    await request(url),
    await request(`${origin}/`),
    await request(`${origin}/devnet/faucet`),
    await request(`${origin}/api/v2/getMasterchainInfo`, { method: "DELETE" }),
  ];
  for (const { status, json } of answers) {
    assert.equal(status, 404);
    assert.equal(json.boolean("ok"), false);
    assert.equal(json.uint("code"), 404);
    assert.ok(json.string("error").length > 0);
  }
});

test("a body that is no JSON object is answered with 400 and JSON", async (context) => {
  const { origin, url } = await startTestServer(context);
  for (const body of ["{", "[]", "null", "7", '"text"', '{"method":5}', "\u0000"]) {
    const { status, json } = await post(url, body);
    assert.equal(status, 400, body);
    assert.equal(json.boolean("ok"), false);
  }
  const response = await fetch(url, { method: "POST", body: Uint8Array.of(0xff, 0xfe) });
  assert.equal(response.status, 400);
  assert.equal((await post(`${origin}/api/v2/getAddressBalance`, "{")).status, 400);
});

test("parameters out of range are answered with 400, whichever they are", async (context) => {
  const { url } = await startTestServer(context);
  const address = alice.address;
  const calls: [string, object][] = [
    ["getAddressInformation", {}],
    ["getAddressInformation", { address: "nowhere" }],
    ["getAddressInformation", { address: 7 }],
    ["getTransactions", { address, limit: 0 }],
    ["getTransactions", { address, limit: 1_000_000 }],
    ["getTransactions", { address, lt: "-5" }],
    ["getTransactions", { address, lt: "1e3" }],
    ["getTransactions", { address, hash: "00".repeat(32) }],
    ["getTransactions", { address, lt: 1, hash: "xyz" }],
    ["getBlockTransactions", { workchain: 5, shard: "-9223372036854775808", seqno: 1 }],
    ["getBlockTransactions", { workchain: 0, shard: "12", seqno: 1 }],
    ["lookupBlock", { workchain: 0, shard: "-9223372036854775808" }],
    ["shards", { seqno: "one" }],
    ["tryLocateTx", { source: address, destination: address }],
    ["sendBoc", {}],
    ["sendBoc", { boc: "" }],
    ["sendBoc", { boc: "%%%" }],
    ["sendBoc", { boc: Buffer.from("hello").toString("base64") }],
    ["estimateFee", { address, body: "AAAA" }],
    ["estimateFee", { address, body: chainOfCells(1_100).toBoc().toString("base64") }],
    ["runGetMethod", { address, method: "seqno", stack: "no" }],
    ["runGetMethod", { address, method: "seqno", stack: [["num", "seven"]] }],
    ["runGetMethod", { address, method: "seqno", stack: [["num", `0x${"f".repeat(65)}`]] }],
    ["runGetMethod", { address, method: "seqno", stack: [["tvm.Cell", "zzz"]] }],
    ["runGetMethod", { address, method: "", stack: [] }],
    ["runGetMethod", { address, method: -1, stack: [] }],
    ["getConfigParam", { config_id: "x" }],
  ];
  for (const [method, params] of calls) {
    const { status, json } = await post(url, JSON.stringify({ id: 1, method, params }));
    assert.equal(status, 400, `${method} ${JSON.stringify(params)}`);
    assert.equal(json.boolean("ok"), false);
    assert.equal(json.uint("id"), 1);
  }
});

test("what does not exist is answered with 404", async (context) => {
  const { url } = await startTestServer(context);
  const shard = "-9223372036854775808";
  const calls: [string, object][] = [
    ["shards", { seqno: 2 }],
    ["shards", { seqno: -1 }],
    ["getBlockHeader", { workchain: -1, shard, seqno: 2 }],
    ["getBlockTransactions", { workchain: 0, shard, seqno: 0 }],
    ["lookupBlock", { workchain: -1, shard, unixtime: 5 }],
    ["lookupBlock", { workchain: -1, shard, lt: "999999999" }],
    ["getTransactions", { address: alice.address, lt: "5" }],
    ["getConfigParam", { config_id: 12_345 }],
  ];
  for (const [method, params] of calls) {
    const { status } = await post(url, JSON.stringify({ id: "1", method, params }));
    assert.equal(status, 404, `${method} ${JSON.stringify(params)}`);
  }
});

test("an oversized body is answered with 413, and the server goes on", async (context) => {
  const { url } = await startTestServer(context);
  const params = { boc: "A".repeat(2 * bodyBytesMax) };
  const { status, json } = await post(url, JSON.stringify({ id: "1", method: "sendBoc", params }));
  assert.equal(status, 413);
  assert.equal(json.boolean("ok"), false);
  assert.equal((await rpc(url, "getMasterchainInfo")).boolean("ok"), true);
});

test("a client that breaks off in the middle of its body leaves the server unharmed", async (context) => {
  const { url, origin } = await startTestServer(context);
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write("POST /api/v2/jsonRPC HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
  socket.destroy();
  await once(socket, "close");
  assert.equal((await rpc(url, "getMasterchainInfo")).boolean("ok"), true);
});

test("a request for no path at all is answered with 404", async (context) => {
  const { origin } = await startTestServer(context);
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write("GET // HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  const head = (await once(socket.setEncoding("utf8"), "data")).join("");
  assert.match(head, /^HTTP\/1\.1 404 /);
  socket.destroy();
});

test("every answer says that this is a devnet and lets any page read it", async (context) => {
  const { origin, url } = await startTestServer(context);
  const preflight = await fetch(url, { method: "OPTIONS" });
  assert.equal(preflight.status, 204);
  const good = await request(`${origin}/api/v2/getMasterchainInfo`);
  const bad = await request(`${origin}/nowhere`);
  for (const { headers } of [preflight, good, bad]) {
    assert.equal(headers.get("x-cocoon-devnet"), "1");
    assert.equal(headers.get("access-control-allow-origin"), "*");
  }
});

test("the REST form takes its parameters from the query or the body, and addresses in any form", async (context) => {
  const { ledger, origin } = await startTestServer(context);
  await ledger.mint(alice.address, 5n);
  const address = Address.parseRaw(alice.address);
  const forms = [
    address.toRawString(),
    address.toString(),
    address.toString({ bounceable: false, testOnly: true }),
    address.toString({ urlSafe: false }),
  ];
  const path = `${origin}/api/v2/getAddressBalance`;
  for (const form of forms) {
    const got = await request(`${path}?address=${encodeURIComponent(form)}`);
    assert.equal(got.json.string("result"), "5");
    const posted = await post(path, JSON.stringify({ address: form }));
    assert.equal(posted.json.string("result"), "5");
  }
});

test("getAddressState(), getExtendedAddressInformation() and getWalletInformation() know a wallet", async (context) => {
  const { ledger, url } = await startTestServer(context);
  const params = { address: alice.address };
  assert.equal((await rpc(url, "getAddressState", params)).string("result"), "uninitialized");
  await ledger.mint(alice.address, 10_000_000_000n);
  await ledger.send(await alice.sign(0, [{ to: bob.address, nanotons: 1n }]));
  assert.equal((await rpc(url, "getAddressState", params)).string("result"), "active");
  const extended = (await rpc(url, "getExtendedAddressInformation", params)).object("result");
  assert.equal(extended.string("@type"), "fullAccountState");
  assert.equal(extended.object("account_state").string("@type"), "raw.accountState");
  const wallet = (await rpc(url, "getWalletInformation", params)).object("result");
  assert.equal(wallet.boolean("wallet"), true);
  assert.equal(wallet.string("wallet_type"), "wallet v5 r1");
  assert.equal(wallet.uint("seqno"), 1);
  const other = (await rpc(url, "getWalletInformation", { address: bob.address })).object("result");
  assert.equal(other.boolean("wallet"), false);
});

test("walletNames names the wallets of @ton/ton by the hash of their code", () => {
  const publicKey = Buffer.alloc(32);
  const contracts = [
    ton.WalletContractV1R1,
    ton.WalletContractV1R2,
    ton.WalletContractV1R3,
    ton.WalletContractV2R1,
    ton.WalletContractV2R2,
    ton.WalletContractV3R1,
    ton.WalletContractV3R2,
    ton.WalletContractV4,
  ].map((contract) => contract.create({ workchain: 0, publicKey }));
  const hashes = [...contracts, ton.WalletContractV5R1.create({ publicKey })].map(({ init }) =>
    init.code.hash().toString("hex"),
  );
  assert.deepEqual([...walletNames.keys()], hashes);
});

test("getBlockHeader(), lookupBlock() and getConsensusBlock() tell one chain of blocks", async (context) => {
  const { ledger, url } = await startTestServer(context);
  for (const amount of [1n, 2n, 3n]) await ledger.mint(alice.address, amount);
  const shard = "-9223372036854775808";
  let previous: unknown;
  for (const seqno of [1, 2, 3, 4]) {
    const params = { workchain: -1, shard, seqno };
    const header = (await rpc(url, "getBlockHeader", params)).object("result");
    const id = header.unknown("id");
    assert.deepEqual(header.array("prev_blocks", 1), previous === undefined ? [] : [previous]);
    assert.deepEqual((await rpc(url, "lookupBlock", params)).unknown("result"), id);
    const byLt = { workchain: -1, shard, lt: header.string("end_lt") };
    assert.deepEqual((await rpc(url, "lookupBlock", byLt)).unknown("result"), id);
    assert.equal(header.int("global_id"), ledger.networkId);
    previous = id;
  }
  const last = (await rpc(url, "getConsensusBlock")).object("result");
  assert.equal(last.uint("consensus_block"), 4);
});

test("getBlockTransactions() says when it is incomplete and goes on after a logical time", async (context) => {
  const { ledger, url } = await startTestServer(context, { blockMs: 3_600_000 });
  for (const amount of [1n, 2n, 3n]) await ledger.mint(alice.address, amount);
  ledger.seal();
  const params = { workchain: 0, shard: "-9223372036854775808", seqno: 2, count: 2 };
  const first = (await rpc(url, "getBlockTransactions", params)).object("result");
  assert.equal(first.boolean("incomplete"), true);
  const [, second] = first.objects("transactions", 2);
  const after = { ...params, after_lt: second?.string("lt") };
  const rest = (await rpc(url, "getBlockTransactions", after)).object("result");
  assert.equal(rest.boolean("incomplete"), false);
  assert.equal(rest.objects("transactions", 2).length, 1);
});

test("getConfigParam() shows the network id that wallets are bound to", async (context) => {
  const { ledger, url } = await startTestServer(context);
  const answer = await rpc(url, "getConfigParam", { config_id: 19 });
  const bytes = answer.object("result").object("config").string("bytes");
  assert.equal(Cell.fromBase64(bytes).beginParse().loadInt(32), ledger.networkId);
});

test("sendBocReturnHash() returns the message's own and its normalized hash", async (context) => {
  const { ledger, url } = await startTestServer(context);
  await ledger.mint(alice.address, 10_000_000_000n);
  const boc = await alice.sign(0, [{ to: bob.address, nanotons: 1n }]);
  const sent = await rpc(url, "sendBocReturnHash", { boc: boc.toString("base64") });
  const hash = Cell.fromBoc(boc)[0]?.hash().toString("base64");
  assert.equal(sent.object("result").string("hash"), hash);
  // This one carries a state, which the normalized form leaves out.
  assert.notEqual(sent.object("result").string("hash_norm"), hash);
});

test("detectAddress(), packAddress() and unpackAddress() know each form of an address", async (context) => {
  const { url } = await startTestServer(context);
  const address = Address.parseRaw(alice.address);
  const given = address.toString({ bounceable: false, testOnly: true });
  const detected = (await rpc(url, "detectAddress", { address: given })).object("result");
  assert.equal(detected.string("raw_form"), alice.address);
  assert.equal(detected.string("given_type"), "friendly_non_bounceable");
  assert.equal(detected.boolean("test_only"), true);
  assert.equal(detected.object("non_bounceable").string("b64url"), given);
  const packed = (await rpc(url, "packAddress", { address: alice.address })).string("result");
  assert.equal(
    (await rpc(url, "unpackAddress", { address: packed })).string("result"),
    alice.address,
  );
});

test("the faucet refuses amounts and addresses that make no sense", async (context) => {
  const { ledger, origin } = await startTestServer(context);
  const bodies = [
    {},
    { address: alice.address },
    { address: alice.address, nanotons: "0" },
    { address: alice.address, nanotons: "-1" },
    { address: alice.address, nanotons: "1.5" },
    { address: alice.address, nanotons: (2n ** 64n).toString() },
    { address: "nowhere", nanotons: "1" },
  ];
  for (const body of bodies) {
    assert.equal((await post(`${origin}/devnet/faucet`, JSON.stringify(body))).status, 400);
  }
  assert.equal(ledger.minted, 0n);
  const good = JSON.stringify({ address: alice.address, nanotons: 7 });
  assert.equal((await post(`${origin}/devnet/faucet`, good)).status, 200);
  assert.equal(ledger.account(alice.address).balanceNanotons, 7n);
});

test("the clock is moved by POST /devnet/time and shown by GET /devnet", async (context) => {
  const { ledger, origin } = await startTestServer(context);
  const before = ledger.nowSeconds();
  for (const advanceSeconds of [-1, "soon", 1e12]) {
    const body = JSON.stringify({ advanceSeconds });
    assert.equal((await post(`${origin}/devnet/time`, body)).status, 400);
  }
  await post(`${origin}/devnet/time`, JSON.stringify({ advanceSeconds: 3_600 }));
  const status = (await request(`${origin}/devnet`)).json.object("result");
  assert.equal(status.uint("now"), before + 3_600);
  assert.equal(status.int("network_id"), ledger.networkId);
});
