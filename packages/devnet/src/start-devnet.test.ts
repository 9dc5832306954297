import { CocoonError, type ErrorCode, networkIds } from "@cocoon/protocol";
import { TonClient } from "@ton/ton";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { rpc } from "../testing/rpc.ts";
import { temporaryFolder } from "../testing/temporary.ts";
import { withTestLedger } from "../testing/test-ledger.ts";
import { createTestWallet, type TestWallet } from "../testing/wallet.ts";
import { startDevnet } from "./index.ts";
import type { Ledger } from "./ledger/index.ts";

const ton = 1_000_000_000n;

function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof CocoonError && error.code === code;
}

test("startDevnet() refuses a damaged folder with the reason", async (context) => {
  const home = await temporaryFolder(context);
  await withTestLedger({ home }, (ledger) => ledger.mint(createTestWallet(1).address, ton));
  const path = join(home, "journal");
  const bytes = await readFile(path);
  bytes[200] = 0;
  await writeFile(path, bytes);
  await writeFile(join(home, "snapshot"), "");
  await assert.rejects(startDevnet({ home, port: 0 }), hasCode("storage_corrupt"));
});

test("startDevnet() refuses a port that is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  assert.ok(typeof address === "object" && address !== null);
  await assert.rejects(startDevnet({ port: address.port }), hasCode("option_invalid"));
  other.close();
});

test("startDevnet() runs a chain that mints, travels in time and comes back after a stop", async (context) => {
  const home = await temporaryFolder(context);
  const { contract } = createTestWallet(1);
  const first = await startDevnet({ home, port: 0 });
  assert.equal(first.networkId, networkIds.devnet);
  assert.deepEqual(first.restored, { blockCount: 1, transactionCount: 0 });
  await first.faucet(contract.address.toString(), 3n * ton);
  await assert.rejects(first.faucet("nowhere", ton), hasCode("chain_unavailable"));
  await first.advanceTime(86_400);
  await first.stop();
  await first.stop();
  assert.equal(await first.stopped, undefined);
  await assert.rejects(
    first.faucet(contract.address.toString(), ton),
    hasCode("chain_unavailable"),
  );
  const second = await startDevnet({ home, port: 0 });
  assert.deepEqual(second.restored, { blockCount: 2, transactionCount: 1 });
  const state = await new TonClient({ endpoint: second.url }).getContractState(contract.address);
  assert.equal(state.balance, 3n * ton);
  assert.ok(state.timestampt >= Math.floor(Date.now() / 1_000) + 86_000);
  await second.stop();
});

test("startDevnet() runs contracts in another thread than the caller's", async (context) => {
  const home = await temporaryFolder(context);
  const devnet = await startDevnet({ home, port: 0 });
  const wallet = createTestWallet(1);
  await devnet.faucet(wallet.address, 100n * ton);
  const transfers = Array.from({ length: 100 }, () => ({ to: wallet.address, nanotons: 1n }));
  const boc = (await wallet.sign(0, transfers)).toString("base64");
  const body = JSON.stringify({ id: 1, jsonrpc: "2.0", method: "sendBoc", params: { boc } });
  const { pathname, port } = new URL(devnet.url);
  const socket = connect(Number(port), "127.0.0.1");
  const head = `POST ${pathname} HTTP/1.1\r\nhost: devnet\r\ncontent-length: ${body.length}\r\n\r\n`;
  await new Promise((resolve) => socket.write(head + body, resolve));
  const journal = join(home, "journal");
  const before = statSync(journal).size;
  // This thread is at a standstill until the transactions are in the journal.
  const still = new Int32Array(new SharedArrayBuffer(4));
  for (let look = 0; statSync(journal).size === before && look < 12_000; look += 1) {
    Atomics.wait(still, 0, 0, 10);
  }
  assert.ok(statSync(journal).size > before);
  socket.destroy();
  await devnet.stop();
});

test("kill -9 at any moment loses nothing that was acknowledged", async (context) => {
  const home = await temporaryFolder(context);
  const senders = [1, 2, 3, 4].map((number) => createSender(number));
  for (const acknowledgedMax of [10, 31]) {
    await sendUntilKilled(home, senders, acknowledgedMax);
    await withTestLedger({ home }, async (ledger) => {
      for (const sender of senders) await checkSender(ledger, sender);
    });
  }
});

/** A wallet that pays an address of its own, and how many payments were acknowledged. */
type Sender = { readonly wallet: TestWallet; readonly to: string; acknowledged: number };

function createSender(number: number): Sender {
  return {
    wallet: createTestWallet(number),
    to: `0:${"ab".repeat(31)}0${number}`,
    acknowledged: 0,
  };
}

/** Runs a devnet in a process of its own, lets all senders pay at once, and kills it in the middle. */
async function sendUntilKilled(
  home: string,
  senders: readonly Sender[],
  acknowledgedMax: number,
): Promise<void> {
  const fixture = fileURLToPath(new URL("../testing/kill-fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, fixture, home], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const url = (await once(createInterface(child.stdout), "line")).join("");
  let acknowledged = 0;
  const pay = async (sender: Sender) => {
    await rpcFaucet(url, sender.wallet.address);
    for (;;) {
      const transfers = [{ to: sender.to, nanotons: ton }];
      const boc = (await sender.wallet.sign(sender.acknowledged, transfers)).toString("base64");
      await rpc(url, "sendBoc", { boc });
      sender.acknowledged += 1;
      acknowledged += 1;
      if (acknowledged === acknowledgedMax) child.kill("SIGKILL");
    }
  };
  const ends = await Promise.allSettled(senders.map(pay));
  await exited;
  assert.ok(ends.every(({ status }) => status === "rejected"));
  assert.ok(acknowledged >= acknowledgedMax);
}

const noLimits = spawnSync("prlimit", ["--version"]).status === 0 ? false : "no prlimit here";

test("a chain whose disk is full ends with storage_failed", { skip: noLimits }, async (context) => {
  const home = await temporaryFolder(context);
  const fixture = fileURLToPath(new URL("../testing/kill-fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, fixture, home], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const url = String((await lines.next()).value);
  spawnSync("prlimit", [`--pid=${child.pid}`, "--fsize=10000"]);
  const { address } = createTestWallet(1);
  while ((await rpcFaucet(url, address).catch(() => undefined)) !== undefined);
  assert.equal((await lines.next()).value, "storage_failed");
  await exited;
});

async function rpcFaucet(url: string, address: string): Promise<Response> {
  const body = JSON.stringify({ address, nanotons: (1_000n * ton).toString() });
  return await fetch(new URL("/devnet/faucet", url), { method: "POST", body });
}

/** Each acknowledged payment is there, at most the one in progress besides, and each whole. */
async function checkSender(ledger: Ledger, sender: Sender): Promise<void> {
  const output = await ledger.runGetMethod(sender.wallet.address, "seqno", []);
  const [seqno] = output?.stack ?? [];
  assert.ok(seqno?.type === "int");
  const count = Number(seqno.value);
  assert.ok(count === sender.acknowledged || count === sender.acknowledged + 1);
  assert.equal(ledger.account(sender.to).balanceNanotons, seqno.value * ton);
  sender.acknowledged = count;
}
