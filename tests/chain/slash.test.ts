import assert from "node:assert/strict";
import { test } from "node:test";
import { signVerdict, slashAttachment, vouchForIdentity } from "@cocoon/contracts";
import {
  createSigningKey,
  firstDifference,
  hashLeaf,
  inclusionProof,
  logOrigin,
  MerkleTree,
  nanotons,
  type RawAddress,
  type ReceiptFields,
  signCheckpoint,
  signPromise,
  signReceipt,
  utf8,
} from "@cocoon/protocol";
import {
  anchorCheckpoint,
  anchorHead,
  anchorTransaction,
  cancelVerdict,
  checkpointHead,
  depositWorkerBond,
  executeVerdict,
  readProxyBond,
  readWorkerBond,
  registerProxyBond,
  registerWorkerBond,
  reportBrokenPromise,
  reportContradiction,
  reportDoubleReceipt,
  requestWorkerUnbond,
  submitVerdict,
  type Wallet,
  withdrawWorkerBond,
} from "@cocoon/sdk";
import { devnetSuite, type DevnetChain, seedOf, ton, tons } from "./devnet-chain.ts";

const logKey = createSigningKey(seedOf("log"));
const bond = tons(8n);

/** A log of receipts that are not, whose leaves are others from an index on. */
function storedLog(size: number, forkedAt = Infinity) {
  const nodes = new Map<string, Uint8Array>();
  const readNode = (level: number, index: number) => nodes.get(`${level} ${index}`);
  const roots: Uint8Array[] = [];
  let tree = MerkleTree.empty;
  for (let index = 0; index < size; index += 1) {
    roots.push(tree.root());
    const grown = tree.append(hashLeaf(utf8(`${index < forkedAt ? "leaf" : "fork"} ${index}`)));
    for (const node of grown.nodes) nodes.set(`${node.level} ${node.index}`, node.hash);
    tree = grown.tree;
  }
  roots.push(tree.root());
  const root = (at: number): Uint8Array => roots[at] ?? assert.fail();
  const leaf = (index: number): Uint8Array => readNode(0, index) ?? assert.fail();
  const proven = (index: number, at: number) => {
    return { leaf: leaf(index), proof: inclusionProof(index, at, readNode) };
  };
  return { size, readNode, root, leaf, proven };
}

const log = storedLog(20);
const fork = storedLog(30, 13);

/** A bond whose log has anchored its first sizes, and what its key may say of another tree. */
async function accusedProxy(chain: DevnetChain, name: string, anchored: readonly number[]) {
  const { client } = chain;
  const owner = await chain.wallet(name, 20n);
  const { proxyBond } = await registerProxyBond(owner, {
    salt: 0n,
    bond,
    anchorBudget: tons(1n),
    terms: { url: "cocoon://x:1", logKey: logKey.publicKey, feeBps: 1, closeDelaySeconds: 172_800 },
  });
  for (const treeSize of anchored) {
    const { seenAtSeconds: timestampSeconds } = await client.account(proxyBond);
    const root = log.root(treeSize);
    await anchorCheckpoint(client, { proxyBond, logKey, treeSize, root, timestampSeconds });
  }
  const named = { networkId: client.networkId, proxyBond, publicKey: logKey.publicKey };
  const headOf = (tree: typeof log, size: number) => {
    const origin = logOrigin(client.networkId, proxyBond);
    return checkpointHead(signCheckpoint(logKey, { origin, size, root: tree.root(size) }), named);
  };
  return { proxyBond, headOf };
}

/** The reporter gains a quarter, less what it cost, and the bond says for ever what it was. */
async function assertSlashed(
  chain: DevnetChain,
  proxyBond: RawAddress,
  fault: string,
  report: (reporter: Wallet) => Promise<unknown>,
): Promise<void> {
  const reporter = await chain.wallet(`reporter of ${fault}`, 1n);
  await report(reporter);
  const state = await readProxyBond(chain.client, proxyBond);
  assert.equal(state?.phase === "slashed" && state.slash.fault, fault);
  assert.equal(state?.bond, 0n);
  assert.ok((await reporter.balance()) > ton + bond / 4n - slashAttachment / 5n);
}

devnetSuite("slashing a proxy through the SDK", (chain) => {
  test("reportContradiction() slashes for a checkpoint that an old anchor contradicts", async () => {
    const { proxyBond, headOf } = await accusedProxy(chain(), "two-faced", [15, 20]);
    const anchored = { treeSize: 15, root: log.root(15) };
    const found = await anchorTransaction(chain().client, proxyBond, anchored);
    const second = await anchorHead(chain().client, found ?? assert.fail());
    const absent = { proxyBond, hash: "00".repeat(32), lt: 1n };
    await assert.rejects(anchorHead(chain().client, absent), { code: "contract_unexpected" });
    await assertSlashed(chain(), proxyBond, "equivocation", async (reporter) => {
      const harmless = reportContradiction(reporter, proxyBond, { first: headOf(log, 20) });
      await assert.rejects(harmless, { code: "transaction_failed" });
      await reportContradiction(reporter, proxyBond, { first: headOf(fork, 15), second });
    });
  });

  test("reportContradiction() slashes for a longer tree that the newest anchor is no part of", async () => {
    const { proxyBond, headOf } = await accusedProxy(chain(), "forgetful", [15, 20]);
    const index = firstDifference(fork, log) ?? assert.fail();
    assert.equal(index, 13);
    const difference = { index, first: fork.proven(index, 30), second: log.proven(index, 20) };
    await assertSlashed(chain(), proxyBond, "inconsistency", (reporter) =>
      reportContradiction(reporter, proxyBond, { first: headOf(fork, 30), difference }),
    );
  });

  test("reportBrokenPromise() slashes for a promise of another leaf", async () => {
    const { proxyBond } = await accusedProxy(chain(), "faithless", [20]);
    const promise = signPromise(logKey, { leafHash: fork.leaf(14), index: 14, timestampMs: 0 });
    await assertSlashed(chain(), proxyBond, "omission", (reporter) =>
      reportBrokenPromise(reporter, proxyBond, { promise, shown: log.proven(14, 20) }),
    );
  });

  test("reportBrokenPromise() slashes for a promised leaf that was never anchored", async () => {
    const { proxyBond } = await accusedProxy(chain(), "idle", [20]);
    const promise = signPromise(logKey, { leafHash: fork.leaf(20), index: 20, timestampMs: 0 });
    await assertSlashed(chain(), proxyBond, "delay", (reporter) =>
      reportBrokenPromise(reporter, proxyBond, { promise }),
    );
  });
});

const bondKey = createSigningKey(seedOf("bond"));
const identityKey = createSigningKey(seedOf("identity"));
const auditors = ["one", "two", "three"].map((name) => createSigningKey(seedOf(name)));
const fields: ReceiptFields = {
  requestId: new Uint8Array(16),
  headerHash: seedOf("header"),
  claimsHash: seedOf("claims"),
  manifestHash: seedOf("manifest"),
  channel: `0:${"12".repeat(32)}`,
  sequence: 7,
  tier: "open",
  usage: { promptTokens: 1, completionTokens: 2 },
  terms: { promptPerMillion: nanotons(1n), completionPerMillion: nanotons(2n), feeBps: 3 },
  requestHash: seedOf("request"),
  answerHash: seedOf("answer"),
  chunkCount: 1,
  startedAtMs: 1,
  finishedAtMs: 2,
  finishReason: "stop",
  contentCommitment: seedOf("content"),
};

async function bondedWorker(chain: DevnetChain, name: string, governance: RawAddress) {
  const owner = await chain.wallet(name, 20n);
  const { workerBond } = await registerWorkerBond(owner, {
    governance,
    bondKey: bondKey.publicKey,
    closeDelaySeconds: 172_800,
    disputeDelaySeconds: 86_400,
    salt: 0n,
    auditorThreshold: 2,
    auditorKeys: auditors.map(({ publicKey }) => publicKey),
    bond,
  });
  return { owner, workerBond };
}

devnetSuite("a worker bond through the SDK", (chain) => {
  test("reportDoubleReceipt() slashes for two receipts of one sequence", async () => {
    const { client } = chain();
    const reporter = await chain().wallet("client", 1n);
    const { owner, workerBond } = await bondedWorker(chain(), "double", reporter.address);
    await depositWorkerBond(owner, workerBond, tons(1n));
    const { seenAtSeconds: notAfterSeconds } = await client.account(workerBond);
    const identity = vouchForIdentity(bondKey, {
      networkId: client.networkId,
      bond: workerBond,
      identityKey: identityKey.publicKey,
      notAfterSeconds,
    });
    const first = signReceipt(identityKey, fields);
    const second = signReceipt(identityKey, { ...fields, finishReason: "length" });
    const cost = await reportDoubleReceipt(reporter, workerBond, { identity, first, second });
    assert.ok(cost.feeNanotons < 3_000_000n);
    const state = await readWorkerBond(client, workerBond);
    assert.deepEqual(state?.phase === "slashed" && state.slash.amount, tons(9n));
  });

  test("submitVerdict(), cancelVerdict() and executeVerdict() end in what the auditors said", async () => {
    const { client, devnet } = chain();
    const governor = await chain().wallet("governor", 1n);
    const reporter = await chain().wallet("auditor", 1n);
    const { owner, workerBond } = await bondedWorker(chain(), "judged", governor.address);
    const receipt = hashLeaf(utf8("receipt"));
    const judge = (round: number) => {
      const verdict = {
        networkId: client.networkId,
        bond: workerBond,
        round,
        receipt,
        reason: 2,
      };
      const signatures = auditors.slice(1).map((key, at) => signVerdict(key, at + 1, verdict));
      return submitVerdict(reporter, workerBond, verdict, signatures);
    };
    await judge(0);
    assert.equal((await readWorkerBond(client, workerBond))?.pending?.reason, 2);
    await cancelVerdict(governor, workerBond);
    await judge(1);
    await requestWorkerUnbond(owner, workerBond);
    await assert.rejects(executeVerdict(owner, workerBond), { code: "transaction_failed" });
    await devnet.advanceTime(172_800);
    await assert.rejects(withdrawWorkerBond(owner, workerBond), { code: "transaction_failed" });
    await executeVerdict(owner, workerBond);
    const state = await readWorkerBond(client, workerBond);
    assert.equal(state?.phase === "slashed" && state.slash.fault, "verdict");
  });

  test("withdrawWorkerBond() gives an honest worker its bond back", async () => {
    const { client, devnet } = chain();
    const governor = await chain().wallet("nobody", 0n);
    const { owner, workerBond } = await bondedWorker(chain(), "honest", governor.address);
    await requestWorkerUnbond(owner, workerBond);
    await devnet.advanceTime(172_800);
    await withdrawWorkerBond(owner, workerBond);
    assert.equal((await readWorkerBond(client, workerBond))?.phase, "unregistered");
    assert.equal(await readWorkerBond(client, `0:${"77".repeat(32)}`), undefined);
  });
});
