// The worst that a proxy can do to others' money and history, and who sets it right: a watcher in a process of its own,
// which knows a chain endpoint and public URLs, and the commands of those whom the proxy left alone.

import { formatTon, hashLeaf, parseReceipt, primitives, signPromise, utf8 } from "@cocoon/protocol";
import {
  createWallet,
  encodeProofFile,
  parseProofFile,
  type ProofFile,
  readChannel,
  readProxyBond,
} from "@cocoon/sdk";
import {
  createApp,
  createLogger,
  type HttpServer,
  loadSeeds,
  type RunningGateway,
  type RunningProxy,
  serveHttp,
  writeConfigFile,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { baseOf, get, goodRequest, openaiOf } from "../network/ask.ts";
import { type CrookedLog, startCrookedLog } from "../network/crooked-log.ts";
import { createNetwork, type Network, waitFor } from "../network/harness.ts";
import { cocoon, CocoonProcess } from "./cocoon-process.ts";
import { writeProxyConfig, writeWorkerConfig } from "./operator-config.ts";

const ton = 1_000_000_000n;

suite("a proxy that equivocates, omits a receipt, and vanishes", () => {
  let network: Network;
  let proxy: RunningProxy;
  let gateway: RunningGateway;
  let proof: ProofFile;
  const logs: CrookedLog[] = [];
  const servers: HttpServer[] = [];

  const crookedLog = async (name: string): Promise<CrookedLog> => {
    const log = await startCrookedLog(network, name);
    logs.push(log);
    return log;
  };
  /** A text that anybody can read at a URL. */
  const publish = async (text: string): Promise<string> => {
    const app = createApp(createLogger({ role: "page", level: "silent" }));
    app.get("/text", () => new Response(text));
    const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
    servers.push(server);
    return `http://127.0.0.1:${server.port}/text`;
  };
  const faultOf = async (bond: string): Promise<string | undefined> => {
    const state = await readProxyBond(network.chain, bond);
    return state?.phase === "slashed" ? state.slash.fault : undefined;
  };
  /** What the proxy's operator is told, who has its home and nothing else of it. */
  const operateProxy = async (action: string): Promise<string> => {
    const config = join(network.home, "proxy.json");
    const [listed] = network.config.proxies;
    const home = join(network.home, "proxy");
    writeProxyConfig(config, { home, network: network.config, bond: listed?.bond });
    const { status, output, errors } = await cocoon("proxy", action, "--config", config);
    assert.equal(status, 0, errors);
    return output;
  };
  const balanceOf = async (role: string): Promise<bigint> =>
    (await network.chain.account(network.wallet(role).address)).balance;

  before(async () => {
    network = await createNetwork();
    proxy = await network.startProxy({ logPort: 0 });
    await network.startWorker("worker-1");
    gateway = await network.startGateway();
    await openaiOf(gateway).chat.completions.create(goodRequest);
    const { data } = await get<{ data: readonly { readonly id: string }[] }>(
      gateway,
      "/v1/receipts",
    );
    const response = await fetch(`${baseOf(gateway)}/v1/receipts/${data[0]?.id}`);
    proof = parseProofFile(await response.text());
  });
  after(async () => {
    for (const log of logs) await log.close();
    for (const server of servers) await server.close(0);
    await network.stop();
  });

  test("is slashed twice by a watcher that has a chain endpoint, public URLs, and nothing else", async () => {
    const home = join(network.home, "watcher");
    const { networkId } = network.chain;
    const { wallet } = loadSeeds(join(home, "keys.json"), ["wallet"], { networkId });
    const watcher = createWallet({ client: network.chain, seed: wallet }).address;
    await network.devnet.faucet(watcher, ton);

    const [forker, omitter] = [await crookedLog("forker"), await crookedLog("omitter")];
    await forker.grow([proof.receipt]);
    const fork = forker.sign(1, primitives.sha256(utf8("another history")));
    const promise = signPromise(omitter.key, {
      leafHash: hashLeaf(proof.receipt),
      index: 0,
      timestampMs: Date.now(),
    });
    const { bond, key } = omitter;
    const promised = { ...proof, promise, log: { bond, publicKey: key.publicKey } };
    await omitter.grow([utf8("what somebody else was told")]);

    const { endpoints, root } = network.config;
    const config = join(network.home, "watcher.json");
    writeConfigFile(config, {
      home,
      network: { networkId, endpoints, root, proxies: [] },
      logs: [forker, omitter].map((log) => ({ bond: log.bond, url: log.url })),
      checkpoints: [await publish(fork)],
      proofs: [await publish(encodeProofFile(promised))],
      intervalMs: 200,
      reports: true,
    });
    const process = new CocoonProcess(["audit", "--config", config]);
    await waitFor(
      "the fork costs its bond",
      async () => (await faultOf(forker.bond)) !== undefined,
    );
    await waitFor("so does the omission", async () => (await faultOf(bond)) !== undefined);
    process.signal("SIGTERM");
    assert.equal((await process.ended).status, 0);
    assert.deepEqual(
      [await faultOf(forker.bond), await faultOf(bond)],
      ["equivocation", "omission"],
    );
    const { balance } = await network.chain.account(watcher);
    assert.ok(balance > 5n * ton, "two bounties of a quarter of 10 TON each");
  });

  test("pays its operator by command while it runs, and nothing twice", async () => {
    const { workNanotons, feeNanotons } = parseReceipt(proof.receipt);
    const owed = workNanotons + feeNanotons;
    await waitFor("the proxy holds a voucher for all of it", () => {
      const [books] = network.books("proxy", "incoming_channels");
      return BigInt(books?.["vouchered"] ?? 0n) === owed;
    });
    const first = await operateProxy("settle");
    const [, channel = "", got = ""] = /^(0:[0-9a-f]{64}) +got (\S+) TON/m.exec(first) ?? [];
    assert.equal(got, formatTon(owed));
    const paid = await readChannel(network.chain, channel);
    assert.deepEqual(
      [paid?.claimed, paid?.payee, paid?.phase],
      [owed, network.wallet("proxy").address, "open"],
    );
    assert.match(await operateProxy("settle"), /got 0 TON +of 0\.\d+ TON vouchered/);
    assert.equal((await readChannel(network.chain, channel))?.claimed, owed);
  });

  test("leaves all money of client and worker where their own commands get it, when it is gone", async () => {
    const { workNanotons, feeNanotons } = parseReceipt(proof.receipt);
    const [worker, config] = [
      network.wallet("worker-1").address,
      join(network.home, "worker.json"),
    ];
    const balance = await balanceOf("worker-1");
    const channels = await get<{ data: readonly { readonly address: string }[] }>(
      gateway,
      "/v1/channels",
    );
    const address = channels.data[0]?.address ?? "";
    await waitFor("the worker holds a voucher for its work", () => {
      const [books] = network.books("worker-1", "incoming_channels");
      return BigInt(books?.["vouchered"] ?? 0n) === workNanotons;
    });
    await proxy.close();

    writeWorkerConfig(config, { home: join(network.home, "worker-1"), network: network.config });
    const settled = await cocoon("worker", "settle", "--config", config);
    assert.equal(settled.status, 0, settled.errors);
    const channel = /^(0:[0-9a-f]{64}) +got 0\.\d+ TON/m.exec(settled.output)?.[1] ?? "";
    const paid = await readChannel(network.chain, channel);
    assert.deepEqual([paid?.claimed, paid?.payee], [workNanotons, worker]);
    assert.ok((await balanceOf("worker-1")) > balance - ton / 100n, "it cost gas alone");

    const opened = await readChannel(network.chain, address);
    assert.ok(opened !== undefined && opened.claimed <= workNanotons + feeNanotons);
    const closing = await cocoon(
      "channel",
      "close",
      address,
      "--alone",
      "--gateway",
      baseOf(gateway),
    );
    assert.equal(closing.status, 0, closing.errors);
    assert.match(closing.output, /the gateway takes the rest back from 2/);
    const held = await balanceOf("gateway");
    await network.devnet.advanceTime(3_601);
    await waitFor("the gateway has taken it", async () => {
      return (await readChannel(network.chain, address)) === undefined;
    });
    const gained = (await balanceOf("gateway")) - held;
    assert.ok(gained > opened.deposited - opened.claimed - ton / 20n, `${gained} came back`);
  });

  test("gives its operator back what the workers' channels still hold, after their dispute window", async () => {
    const [books] = network.books("proxy", "outgoing_channels");
    const channel = String(books?.["address"]);
    const paying = await readChannel(network.chain, channel);
    assert.ok(paying?.phase === "open");
    const closing = await operateProxy("reclaim");
    const rest = paying.deposited - paying.claimed;
    assert.ok(closing.includes(`${formatTon(rest)} TON free from 2`), closing);
    const held = await balanceOf("proxy");
    assert.match(await operateProxy("reclaim"), /free from 2.*: say it again then/);
    await network.devnet.advanceTime(3_601);
    assert.match(await operateProxy("reclaim"), /everything is back/);
    assert.equal(await readChannel(network.chain, channel), undefined);
    const gained = (await balanceOf("proxy")) - held;
    assert.ok(gained > rest - ton / 20n && gained <= rest + ton / 10n, `${gained} came back`);
    assert.match(await operateProxy("reclaim"), /everything is back/);
    assert.match(await operateProxy("settle"), / is closed /);
  });
});
