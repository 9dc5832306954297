// Operators bond, keep, leave; auditors judge: by command alone, on a chain of its own.

import { channelCode, proxyBondAddress, proxyBondCode, workerBondCode } from "@cocoon/contracts";
import { type Devnet, startDevnet } from "@cocoon/devnet";
import { createSigningKey, nanotons, toHex } from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  createWallet,
  deployRoot,
  readProxyBond,
  readWorkerBond,
} from "@cocoon/sdk";
import { loadSeeds, type NetworkConfig } from "@cocoon/services";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { writeWalletFile } from "../../packages/cli/src/wallet/wallet-file.ts";
import { cocoon } from "./cocoon-process.ts";
import { writeProxyConfig, writeWorkerConfig } from "./operator-config.ts";

const ton = 1_000_000_000n;
const day = 86_400;

suite("bonds by command", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-bonds-"));
  const at = (name: string): string => join(folder, name);
  const seedOf = (number: number): Uint8Array => new Uint8Array(32).fill(number);
  let devnet: Devnet;
  let client: ChainClient;
  let network: NetworkConfig;
  let payerAddress: string;

  const done = async (...words: readonly string[]): Promise<string> => {
    const { status, output, errors } = await cocoon(...words, "--yes");
    assert.equal(status, 0, errors);
    return output;
  };
  const refused = async (why: RegExp, ...words: readonly string[]): Promise<void> => {
    const { status, errors } = await cocoon(...words, "--yes");
    assert.notEqual(status, 0);
    assert.match(errors, why);
  };
  const walletOf = (home: string, names: readonly string[]): string => {
    const { wallet = new Uint8Array() } = loadSeeds(join(at(home), "keys.json"), names, {
      networkId: devnet.networkId,
    });
    return createWallet({ client, seed: wallet }).address;
  };
  const writeProxy = (bond: string): void =>
    writeProxyConfig(at("proxy.json"), { home: at("proxy"), network, bond });
  const writeWorker = (bond?: string): void =>
    writeWorkerConfig(at("worker.json"), { home: at("worker"), network, bond });
  const proxy = (...words: readonly string[]): readonly string[] => [
    "proxy",
    ...words,
    "--config",
    at("proxy.json"),
  ];
  const worker = (...words: readonly string[]): readonly string[] => [
    "worker",
    ...words,
    "--config",
    at("worker.json"),
  ];
  const judge = (...words: readonly string[]): readonly string[] => [
    "audit",
    "verdict",
    ...words,
    "--config",
    at("worker.json"),
  ];
  const payer = (): string[] => ["--keystore", at("1.json")];

  before(async () => {
    devnet = await startDevnet({ port: 0, blockMs: 20 });
    const { networkId, url } = devnet;
    client = createChainClient({
      endpoints: [url],
      networkId,
      requestTimeoutMs: 60_000,
      pollMs: 20,
    });
    for (const member of [1, 2, 3]) {
      const seed = seedOf(member);
      writeWalletFile(at(`${member}.json`), { networkId, seed, passphrase: undefined });
    }
    const wallet = createWallet({ client, seed: seedOf(1) });
    payerAddress = wallet.address;
    await devnet.faucet(wallet.address, 100n * ton);
    const keys = [1, 2, 3].map((member) => toHex(createSigningKey(seedOf(member)).publicKey));
    const { root } = await deployRoot(wallet, {
      salt: 1n,
      governance: { keys: keys.slice(0, 1), threshold: 1, delaySeconds: 0 },
      auditors: { keys, threshold: 2 },
      params: {
        tcbEvaluationFloor: 1,
        bondMin: nanotons(10n * ton),
        workerBondMin: nanotons(5n * ton),
        channelCodeHash: channelCode.hash,
        proxyBondCodeHash: proxyBondCode.hash,
        workerBondCodeHash: workerBondCode.hash,
      },
    });
    network = { networkId, endpoints: [url], root, proxies: [] };
  });
  after(async () => {
    await devnet.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a proxy's operator bonds, adds, moves, leaves, and takes the stake after the delay", async () => {
    writeProxy(`0:${"00".repeat(32)}`);
    await refused(/is followed by show, bond/, ...proxy("burn"));
    assert.equal(await done(...proxy("settle")), "nothing was ever vouchered\n");
    assert.equal(await done(...proxy("reclaim")), "no channel was ever opened\n");
    const owner = walletOf("proxy", ["wallet", "log", "session"]);
    await devnet.faucet(owner, 100n * ton);
    const bond = proxyBondAddress({ owner, salt: 1n });
    await refused(new RegExp(`bond is at ${bond}`), ...proxy("bond"));
    writeProxy(bond);
    await refused(/asks for 10 TON/, ...proxy("bond", "--amount", "9.9"));
    await refused(/it is absent, not bonded/, ...proxy("unbond"));
    assert.match(await done(...proxy("bond")), /bonded with 10 TON/);
    await done(...proxy("deposit", "--amount", "2"));
    await done(...proxy("deposit", "--amount", "1", "--anchors"));
    await done(...proxy("update", "--url", "proxy.example:443"));
    const state = await readProxyBond(client, bond);
    assert.ok(state?.phase === "bonded");
    assert.deepEqual([state.bond, state.url], [12n * ton, "proxy.example:443"]);
    await refused(/it is bonded, not unbonding/, ...proxy("withdraw"));
    assert.match(await done(...proxy("unbond")), /cocoon proxy withdraw, from 2/);
    await refused(/cannot be taken before/, ...proxy("withdraw"));
    const { status, output } = await cocoon(...proxy("show"));
    assert.equal(status, 0);
    assert.match(output, /phase +unbonding\n(?:.*\n)*free from +2/);
    await devnet.advanceTime(2 * day + 60);
    assert.match(await done(...proxy("withdraw")), /took 12 TON back/);
    assert.ok((await client.account(owner)).balance > 99n * ton);
  });

  test("a worker's operator bonds; two auditors accuse, the dispute waits, and the bond is lost", async () => {
    writeWorker();
    assert.equal(await done(...worker("settle")), "nothing was ever vouchered\n");
    await refused(/is followed by show, bond/, ...worker("reclaim"));
    const owner = walletOf("worker", ["wallet"]);
    await devnet.faucet(owner, 50n * ton);
    await refused(/--dispute ADDRESS/, ...worker("bond"));
    const bonded = await done(...worker("bond", "--dispute", payerAddress));
    const bond = /"bond": "(0:[0-9a-f]{64})"/.exec(bonded)?.[1] ?? "";
    writeWorker(bond);
    await done(...worker("deposit", "--amount", "1"));
    assert.equal((await readWorkerBond(client, bond))?.bond, 6n * ton);

    const [draft, one, two] = [at("draft"), at("one.sig"), at("two.sig")];
    const accuse = judge("draft", "--bond", bond, "--receipt", "ab".repeat(32), "--reason", "7");
    assert.match(await done(...accuse, "--out", draft), /2 of 3 auditors/);
    await done(...judge("sign", draft, "--out", one), "--keystore", at("1.json"));
    await done(...judge("sign", draft, "--out", two), "--keystore", at("3.json"));
    await refused(/2 of 3 keys must sign, and 1 did/, ...judge("submit", draft, one), ...payer());
    const submitted = await done(...judge("submit", draft, one, two), ...payer());
    assert.match(submitted, /pending: reason 7, receipt (?:ab){32}, executable from 2/);
    assert.match((await cocoon(...worker("show"))).output, /accused +reason 7/);
    await refused(/dispute lasts until/, ...judge("execute", "--bond", bond), ...payer());
    await refused(/another verdict is pending/, ...judge("submit", draft, one, two), ...payer());
    assert.match(await done(...judge("cancel", "--bond", bond), ...payer()), /cancelled/);
    await refused(
      /for round 0, and the bond is at 1/,
      ...judge("submit", draft, one, two),
      ...payer(),
    );

    await done(...accuse, "--out", draft);
    await done(...judge("sign", draft, "--out", one), "--keystore", at("1.json"));
    await done(...judge("sign", draft, "--out", two), "--keystore", at("2.json"));
    await done(...judge("submit", draft, two, one), ...payer());
    await devnet.advanceTime(day + 60);
    await done(...judge("execute", "--bond", bond), ...payer());
    const state = await readWorkerBond(client, bond);
    assert.equal(state?.phase === "slashed" && state.slash.fault, "verdict");
    assert.match((await cocoon(...worker("show"))).output, /slashed +6 TON for verdict/);
  });
});
