import { Address, beginCell, Cell, contractAddress, Dictionary, type StateInit } from "@ton/core";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { rpc } from "../../testing/rpc.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { createTestWallet } from "../../testing/wallet.ts";

const alice = createTestWallet(1);
const ton = 1_000_000_000n;
const owner = Address.parseRaw(alice.address);

type Item = number | Cell | { readonly slice: Cell } | null;

/**
 * A contract that does nothing but answer one get method with these items. In words of the TVM:
 * SETCP0 DUP IFNOTRET <id> PUSHINT EQUAL 11 THROWIFNOT, then PUSHINT, PUSHREF, PUSHREFSLICE or PUSHNULL for each.
 */
function tokenCode(method: string, items: readonly Item[]): Cell {
  const code = beginCell().storeBuffer(Buffer.from("ff0020dd", "hex"));
  code.storeUint(0x82, 8).storeUint(0, 5).storeInt(methodId(method), 19);
  code.storeBuffer(Buffer.from("baf28b", "hex"));
  return pushAll(items, code).endCell();
}

/** Four references fit a cell; what runs out of them goes on in the last, by implicit jump. */
function pushAll(items: readonly Item[], code = beginCell()): typeof code {
  for (const [index, item] of items.entries()) {
    if (code.refs === 3 && index < items.length) return code.storeRef(pushAll(items.slice(index)));
    if (item === null) code.storeUint(0x6d, 8);
    else if (typeof item === "number") code.storeUint(0x80, 8).storeInt(item, 8);
    else if (item instanceof Cell) code.storeUint(0x88, 8).storeRef(item);
    else code.storeUint(0x89, 8).storeRef(item.slice);
  }
  return code;
}

/** CRC-16/XMODEM of the name with bit 16 set. */
function methodId(name: string): number {
  let crc = 0;
  for (const byte of Buffer.from(name)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc | 0x10000;
}

async function deploy(server: TestServer, seqno: number, code: Cell): Promise<string> {
  const init: StateInit = { code, data: Cell.EMPTY };
  const to = contractAddress(0, init).toRawString();
  await server.ledger.send(await alice.sign(seqno, [{ to, nanotons: ton, init }]));
  return to;
}

async function start(context: TestContext): Promise<TestServer> {
  const server = await startTestServer(context);
  await server.ledger.mint(alice.address, 100n * ton);
  return server;
}

function addressSlice(address: Address | null): Item {
  return { slice: beginCell().storeAddress(address).endCell() };
}

const offChain = beginCell()
  .storeUint(1, 8)
  .storeStringTail("https://token.example/1.json")
  .endCell();
const walletCode = beginCell().storeUint(7, 8).endCell();

function onChain(attributes: Readonly<Record<string, Cell>>): Cell {
  const entries = Dictionary.empty(Dictionary.Keys.Buffer(32), Dictionary.Values.Cell());
  for (const [name, value] of Object.entries(attributes)) {
    entries.set(createHash("sha256").update(name).digest(), value);
  }
  return beginCell().storeUint(0, 8).storeDict(entries).endCell();
}

function chunked(...texts: readonly string[]): Cell {
  const chunks = Dictionary.empty(Dictionary.Keys.Uint(32), Dictionary.Values.Cell());
  for (const [index, text] of texts.entries()) {
    chunks.set(index, beginCell().storeStringTail(text).endCell());
  }
  return beginCell().storeUint(1, 8).storeDict(chunks).endCell();
}

function snake(text: string): Cell {
  return beginCell().storeUint(0, 8).storeStringTail(text).endCell();
}

test("getTokenData() refuses what is neither a jetton nor an NFT, or only says so", async (context) => {
  const server = await start(context);
  const addresses = [
    alice.address,
    `0:${"9".repeat(64)}`,
    await deploy(server, 0, tokenCode("get_jetton_data", [1, 2])),
    await deploy(server, 1, tokenCode("get_jetton_data", [1, -1, null, Cell.EMPTY, walletCode])),
    await deploy(server, 2, tokenCode("get_nft_data", [null, null, null, null, null])),
  ];
  for (const address of addresses) {
    const refused = rpc(server.url, "getTokenData", { address });
    await assert.rejects(refused, /neither a jetton nor an NFT/, address);
  }
  await assert.rejects(rpc(server.url, "getTokenData", { address: "nowhere" }), /not well-formed/);
});

test("getTokenData() reads a jetton, with its content on the chain or off it", async (context) => {
  const server = await start(context);
  const long = "a long description ".repeat(20);
  const content = onChain({
    name: snake("Sun"),
    description: snake(long),
    image: chunked("x", "y"),
  });
  const master = [100, -1, addressSlice(owner), content, walletCode];
  const address = await deploy(server, 0, tokenCode("get_jetton_data", master));
  assert.deepEqual((await rpc(server.url, "getTokenData", { address })).unknown("result"), {
    "@type": "ext.tokens.jettonMasterData",
    address,
    contract_type: "jetton_master",
    total_supply: "100",
    mintable: true,
    admin_address: owner.toString(),
    jetton_content: { type: "onchain", data: { name: "Sun", description: long, image: "xy" } },
    jetton_wallet_code: walletCode.toBoc().toString("base64"),
  });
  const free = [0, 0, addressSlice(null), offChain, walletCode];
  const nobodys = await deploy(server, 1, tokenCode("get_jetton_data", free));
  const data = (await rpc(server.url, "getTokenData", { address: nobodys })).object("result");
  assert.equal(data.has("admin_address"), false);
  assert.equal(data.object("jetton_content").string("data"), "https://token.example/1.json");
});

test("getTokenData() reads a jetton wallet, a collection and its items", async (context) => {
  const server = await start(context);
  const dataOf = async (seqno: number, method: string, items: readonly Item[]) => {
    const address = await deploy(server, seqno, tokenCode(method, items));
    return (await rpc(server.url, "getTokenData", { address })).object("result");
  };
  const holding = [5, addressSlice(owner), addressSlice(owner), walletCode];
  const wallet = await dataOf(0, "get_wallet_data", holding);
  assert.equal(wallet.string("contract_type"), "jetton_wallet");
  assert.equal(wallet.string("balance"), "5");
  assert.equal(wallet.string("owner"), owner.toString());
  const collection = await dataOf(1, "get_collection_data", [3, offChain, addressSlice(owner)]);
  assert.equal(collection.string("contract_type"), "nft_collection");
  assert.equal(collection.string("next_item_index"), "3");
  const item = await dataOf(2, "get_nft_data", [
    -1,
    2,
    addressSlice(owner),
    addressSlice(null),
    beginCell().storeUint(0xff, 8).endCell(),
  ]);
  assert.equal(item.string("contract_type"), "nft_item");
  assert.equal(item.boolean("init"), true);
  assert.equal(item.has("owner_address"), false);
  assert.equal(item.object("content").string("type"), "offchain");
});
