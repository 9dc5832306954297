// An auditor that knows the chain and what is public, and nothing else: what it finds costs bonds.

import { runCli } from "@cocoon/cli";
import {
  registerWorkerBody,
  workerBondAddress,
  workerBondAttachment,
  workerBondInit,
} from "@cocoon/contracts";
import {
  bondedIdentityDigest,
  claimsHash,
  createSigningKey,
  encodeClaims,
  fromHex,
  hashLeaf,
  JsonReader,
  nanotons,
  parseBundle,
  parseClaims,
  parseJson,
  parseReceipt,
  primitives,
  signCheckpoint,
  logOrigin,
  MerkleTree,
  signPromise,
  signReceipt,
  toHex,
  utf8,
} from "@cocoon/protocol";
import {
  anchorCheckpoint,
  encodeProofFile,
  parseProofFile,
  type ProofFile,
  readProxyBond,
  readWorkerBond,
} from "@cocoon/sdk";
import {
  type AuditedLog,
  type Auditor,
  type AuditorModules,
  type AuditorConfig,
  type AuditReport,
  createLogger,
  loadSeeds,
  openAuditor,
  parseFinding,
  runAuditor,
  type RunningGateway,
  type RunningProxy,
  writeConfigFile,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { recordedTerminal } from "../../packages/cli/testing/terminal.ts";
import { baseOf, get, goodRequest, openaiOf } from "./ask.ts";
import { type CrookedLog, startCrookedLog } from "./crooked-log.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";

const ton = 1_000_000_000n;
const day = 86_400;

suite("an auditor", () => {
  let network: Network;
  let proxy: RunningProxy;
  let gateway: RunningGateway;
  let bond: string;
  const auditors: Auditor[] = [];
  const logs: CrookedLog[] = [];

  const configOf = (
    name: string,
    followed: readonly AuditedLog[],
    changes: Partial<AuditorConfig> = {},
  ): AuditorConfig => ({
    home: join(network.home, name),
    network: { ...network.config, proxies: [] },
    logs: followed,
    intervalMs: 50,
    reports: true,
    ...changes,
  });
  const modules = (): AuditorModules => {
    const destination = { write: (line: string) => void network.log.push(line) };
    const logger = createLogger({ role: "auditor", level: "debug", destination });
    return { chain: network.chain, logger, now: Date.now };
  };
  const audit = (...given: Parameters<typeof configOf>): Auditor => {
    const auditor = openAuditor(configOf(...given), modules());
    auditors.push(auditor);
    return auditor;
  };
  const funded = async (auditor: Auditor): Promise<Auditor> => {
    await network.devnet.faucet(auditor.wallet ?? "", ton);
    return auditor;
  };
  const crookedLog = async (name: string): Promise<CrookedLog> => {
    const log = await startCrookedLog(network, name);
    logs.push(log);
    return log;
  };
  const codes = ({ findings }: AuditReport): string[] => findings.map(({ code }) => code);
  const slashOf = async (address: string): Promise<string> => {
    const state = await readProxyBond(network.chain, address);
    return state?.phase === "slashed" ? state.slash.fault : (state?.phase ?? "nothing");
  };
  const receipts = (): Uint8Array[] =>
    network
      .rows<{ receipt: ArrayBuffer }>("proxy", "SELECT receipt FROM log_leaves ORDER BY leaf_index")
      .map(({ receipt }) => new Uint8Array(receipt));
  const exported = async (): Promise<ProofFile> => {
    const { data } = await get<{ data: readonly { readonly id: string }[] }>(
      gateway,
      "/v1/receipts",
    );
    const response = await fetch(`${baseOf(gateway)}/v1/receipts/${data[0]?.id}`);
    return parseProofFile(await response.text());
  };
  /** A proof file of a client that this log promised a place for that receipt, now. */
  const promised = async (log: CrookedLog, index: number): Promise<string> => {
    const proof = await exported();
    const promise = signPromise(log.key, {
      leafHash: hashLeaf(proof.receipt),
      index,
      timestampMs: Date.now(),
    });
    const { key, bond: address } = log;
    return encodeProofFile({ ...proof, promise, log: { bond: address, publicKey: key.publicKey } });
  };

  before(async () => {
    network = await createNetwork();
    proxy = await network.startProxy({ logPort: 0 });
    await network.startWorker("worker-1");
    gateway = await network.startGateway();
    bond = network.config.proxies[0]?.bond ?? "";
    await openaiOf(gateway).chat.completions.create(goodRequest);
    await waitFor("a first checkpoint is published", async () => {
      const response = await fetch(`${followProxy().url}/checkpoint`);
      await response.text();
      return response.ok;
    });
  });
  after(async () => {
    for (const auditor of auditors) auditor.close();
    for (const log of logs) await log.close();
    await network.stop();
  });

  const followProxy = (): AuditedLog => ({ bond, url: `http://127.0.0.1:${proxy.logPort}` });

  test("follows an honest proxy under load, from any point on, and finds nothing", async () => {
    const proofs = join(network.home, "proofs");
    mkdirSync(proofs);
    writeFileSync(join(proofs, "mine.json"), encodeProofFile(await exported()));
    let auditor = audit("observer", [followProxy()], { reports: false, proofs: [proofs] });
    const stopping = new AbortController();
    const load = async (): Promise<void> => {
      const openai = openaiOf(gateway);
      while (!stopping.signal.aborted) await openai.chat.completions.create(goodRequest);
    };
    const loads = [load(), load(), load()];
    const reports: AuditReport[] = [];
    for (let round = 0; round < 12; round += 1) {
      reports.push(await auditor.round());
      if (round === 6) {
        auditor.close();
        auditor = audit("observer", [followProxy()], { reports: false, proofs: [proofs] });
      }
    }
    stopping.abort();
    await Promise.all(loads);
    const [first = new Uint8Array()] = receipts();
    const signer = toHex(parseReceipt(first).claimsHash);
    const published = await fetch(`${followProxy().url}/identity/${signer}`);
    const identity = new JsonReader(parseJson(await published.text(), "internal"), "internal");
    assert.equal(claimsHash(identity.base64("claims", 4_096)), signer);
    for (const report of reports) {
      assert.deepEqual(codes(report), []);
      assert.equal(report.isComplete, true);
    }
    await waitFor("all of it is seen and anchored", async () => {
      const { logs: seen, findings } = await auditor.round();
      assert.deepEqual(findings, []);
      const { size, anchoredSize } = seen.get(bond) ?? {};
      return size === receipts().length && anchoredSize === size;
    });
    auditor.close();
    const config = join(network.home, "audit.json");
    const { config: of, home } = network;
    const observer = { home: join(home, "observer"), network: of, logs: [followProxy()] };
    writeConfigFile(config, { ...observer, intervalMs: 1_000, reports: false });
    const terminal = recordedTerminal();
    assert.equal(await runCli(["audit", "--once", "--config", config], terminal), 0);
    const count = receipts().length;
    assert.match(terminal.written(), new RegExp(`${bond} +${count} receipts verified`));
    assert.match(terminal.written(), /No fault was found\./);
  });

  test("slashes a proxy that signed two checkpoints of one size, by public data alone, once", async () => {
    const gossip = join(network.home, "gossip.note");
    const auditor = await funded(audit("watcher", [followProxy()], { checkpoints: [gossip] }));
    const first = await auditor.round();
    assert.equal(first.isComplete, true);
    assert.equal(await slashOf(bond), "bonded");
    const seeds = loadSeeds(join(network.home, "proxy", "keys.json"), ["log"], {
      networkId: network.chain.networkId,
    });
    const origin = logOrigin(network.chain.networkId, bond);
    const size = first.logs.get(bond)?.size ?? 0;
    const fork = { origin, size, root: primitives.sha256(utf8("another history")) };
    writeFileSync(gossip, signCheckpoint(createSigningKey(seeds.log), fork));
    const report = await auditor.round();
    assert.deepEqual(codes(report), ["equivocation"]);
    assert.equal(await slashOf(bond), "equivocation");
    const { balance } = await network.chain.account(auditor.wallet ?? "");
    assert.ok(balance > 3n * ton, "the bounty is a quarter of the bond");
    const again = await auditor.round();
    assert.equal(again.findings[0]?.outcome, report.findings[0]?.outcome);
    assert.match(again.findings[0]?.outcome ?? "", /^[0-9a-f]{64}$/);
    const folder = join(network.home, "watcher", "findings");
    const [file = ""] = readdirSync(folder);
    const { code, evidence } = parseFinding(readFileSync(join(folder, file), "utf8"));
    assert.deepEqual([code, evidence.kind], ["equivocation", "contradiction"]);
    const second = await funded(audit("latecomer", [followProxy()], { checkpoints: [gossip] }));
    const late = await second.round();
    assert.deepEqual(
      late.findings.map(({ outcome }) => outcome),
      ["slashed"],
    );
  });

  test("slashes a proxy whose log holds another receipt than it promised, by itself", async () => {
    const log = await crookedLog("omitter");
    const path = join(network.home, "omitted.json");
    const others = receipts().slice(0, 3);
    writeFileSync(path, await promised(log, 1));
    await log.grow(others.slice(0, 1));
    const auditor = await funded(audit("omissions", [log], { proofs: [path] }));
    assert.deepEqual(codes(await auditor.round()), [], "it may still keep its promise");
    auditor.close();
    await log.grow(others.slice(1));
    const running = runAuditor(configOf("omissions", [log], { proofs: [path] }), modules());
    await waitFor("it is slashed", async () => (await slashOf(log.bond)) === "omission");
    await running.close();
  });

  test("slashes a proxy whose history changed between two looks", async () => {
    const log = await crookedLog("rewriter");
    const auditor = await funded(audit("memory", [log]));
    await log.grow(receipts().slice(0, 5));
    await auditor.round();
    await log.forget();
    await log.grow(receipts().slice(1, 9));
    const report = await auditor.round();
    assert.deepEqual(codes(report), ["inconsistency"]);
    assert.equal(report.isComplete, false);
    assert.equal(await slashOf(log.bond), "inconsistency");
  });

  test("slashes a proxy that anchored another history, though it anchored its own again since", async () => {
    const log = await crookedLog("anchorer");
    const auditor = await funded(audit("anchors", [log]));
    await log.grow(receipts().slice(0, 3));
    await auditor.round();
    const anchor = async (treeSize: number, root: Uint8Array): Promise<void> => {
      const timestampSeconds = Math.floor(Date.now() / 1_000);
      const options = { proxyBond: log.bond, logKey: log.key, treeSize, root, timestampSeconds };
      await anchorCheckpoint(network.chain, options);
    };
    await anchor(3, primitives.sha256(utf8("another history")));
    await log.grow(receipts().slice(3, 5));
    const own = receipts()
      .slice(0, 5)
      .reduce((tree, receipt) => tree.append(hashLeaf(receipt)).tree, MerkleTree.empty);
    await anchor(5, own.root());
    assert.deepEqual(codes(await auditor.round()), ["equivocation"]);
    assert.equal(await slashOf(log.bond), "equivocation");
  });

  test("slashes a worker that signed two receipts for one number, and names wrong sums", async () => {
    const identity = createSigningKey(primitives.sha256(utf8("identity")));
    const bondKey = createSigningKey(primitives.sha256(utf8("bond key")));
    const workerBond = await bondWorker(network, bondKey.publicKey);
    const notAfterSeconds = Math.floor(Date.now() / 1_000) + 30 * day;
    const { networkId } = network.chain;
    const vouched = { networkId, bond: workerBond, identityKey: identity.publicKey };
    const signature = bondKey.sign(bondedIdentityDigest({ ...vouched, notAfterSeconds }));
    const log = await crookedLog("carrier");
    const ofAnother = parseClaims(parseBundle((await exported()).bundle).claims);
    const claims = encodeClaims({ ...ofAnother, identityKey: identity.publicKey });
    const named = fromHex(claimsHash(claims)) ?? assert.fail();
    log.publish(claims, { bond: workerBond, notAfterSeconds, signature });
    const [example = new Uint8Array()] = receipts();
    const fields = parseReceipt(example);
    const sign = (chunkCount: number): Uint8Array =>
      signReceipt(identity, { ...fields, claimsHash: named, sequence: 999, chunkCount });
    const wrongSum = Uint8Array.from(example);
    wrongSum[195] = (wrongSum[195] ?? 0) ^ 1;
    await log.grow([sign(1), sign(1), sign(2), wrongSum, utf8("no receipt")]);
    const auditor = await funded(audit("doubles", [log]));
    const report = await auditor.round();
    assert.deepEqual(codes(report).toSorted(), [
      "amount_wrong",
      "double_receipt",
      "receipt_malformed",
    ]);
    const state = await readWorkerBond(network.chain, workerBond);
    assert.equal(state?.phase === "slashed" && state.slash.fault, "doubleReceipt");
  });

  test("slashes a proxy that let a promise pass its deadline, though its log is gone", async () => {
    const log = await crookedLog("idler");
    const path = join(network.home, "late.json");
    writeFileSync(path, await promised(log, 0));
    await log.close();
    const auditor = await funded(audit("deadlines", [log], { proofs: [path] }));
    assert.deepEqual(codes(await auditor.round()), []);
    await network.devnet.advanceTime(day + 60);
    const report = await auditor.round();
    assert.deepEqual(codes(report), ["delay"]);
    assert.equal(report.isComplete, false);
    assert.equal(await slashOf(log.bond), "delay");
  });
});

async function bondWorker(network: Network, bondKey: Uint8Array): Promise<string> {
  const wallet = network.wallet("bonded-worker");
  await network.devnet.faucet(wallet.address, 100n * ton);
  const params = {
    owner: wallet.address,
    governance: network.config.root,
    bondKey,
    closeDelaySeconds: 2 * day,
    disputeDelaySeconds: day,
    salt: 1n,
    auditorThreshold: 1,
    auditorKeys: [bondKey],
  };
  const to = workerBondAddress(params);
  const value = nanotons(10n * ton + workerBondAttachment.register);
  const body = registerWorkerBody(nanotons(10n * ton));
  await wallet.send([{ to, value, init: workerBondInit(params), body }]);
  return to;
}
