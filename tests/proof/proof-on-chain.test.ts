import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { channelCode, proxyBondCode, workerBondCode } from "@cocoon/contracts";
import { simulatedEvaluationNumber, simulatedImageHash, simulatedTeeType } from "@cocoon/devnet";
import {
  type AnchorRecord,
  createSigningKey,
  hashLeaf,
  nanotons,
  roleByte,
  signPromise,
  toHex,
} from "@cocoon/protocol";
import {
  anchorCheckpoint,
  anchorTransaction,
  buildProofFile,
  type ChainClient,
  type Check,
  type CheckId,
  createChainClient,
  createPolicySource,
  deployRoot,
  enactChanges,
  encodePolicySnapshot,
  parseProofFile,
  type ProofFile,
  registerProxyBond,
  revoke,
  type RootChange,
  updateProxyBond,
  type Verdict,
  verifyProofFile,
  type Wallet,
} from "@cocoon/sdk";
import { startTamperingFront } from "../chain/tampering-front.ts";
import { cocoon } from "../cli/cocoon-process.ts";
import { devnetSuite, requestTimeoutMs, seedOf, tons } from "../chain/devnet-chain.ts";
import {
  type Answers,
  contextTokens,
  createAnswers,
  createLog,
  createReceipt,
  createWorker,
  imageHash,
  logKey,
  manifestHash,
  modelName,
  otherLogKey,
  type Place,
  profiles,
  withProof,
} from "./answers.ts";
import { altered, edited, leavesOf, type Path, unproven } from "./tamper.ts";

const hourMs = 3_600_000;
const council = createSigningKey(seedOf("council"));

devnetSuite("verifyProofFile() with a chain", (chain) => {
  let governance: Wallet;
  let owner: Wallet;
  let here: Place;
  let answers: Answers;
  let anchor: AnchorRecord;
  let anchored: string;

  before(async () => {
    governance = await chain().wallet("governance", 10n);
    owner = await chain().wallet("proxy", 50n);
    here = await deployNetwork();
    answers = await createAnswers(here);
    anchor = await anchorLog();
    anchored = buildProofFile(withProof(answers.first, answers.log, anchor));
  });

  async function deployNetwork(): Promise<Place> {
    const params = {
      tcbEvaluationFloor: simulatedEvaluationNumber,
      bondMin: tons(1n),
      workerBondMin: tons(0n),
      channelCodeHash: channelCode.hash,
      proxyBondCodeHash: proxyBondCode.hash,
      workerBondCodeHash: workerBondCode.hash,
    };
    const { root } = await deployRoot(governance, {
      salt: 1n,
      governance: { keys: [toHex(council.publicKey)], threshold: 1, delaySeconds: 0 },
      params: { ...params, tcbEvaluationFloor: 0 },
    });
    const listing = {
      name: modelName,
      contextTokens,
      promptPerMillionMax: nanotons(1_000_000_000n),
      completionPerMillionMax: nanotons(1_000_000_000n),
    };
    const measurement = { teeType: simulatedTeeType, role: roleByte("worker"), evaluationMin: 1 };
    const changes: readonly RootChange[] = [
      { kind: "setParams", params },
      { kind: "setModel", manifestHash, listing },
      { kind: "setMeasurement", imageHash, measurement },
    ];
    await enactChanges(governance, root, changes, { signers: [council] });
    const { proxyBond: bond } = await registerProxyBond(owner, {
      salt: 0n,
      bond: tons(10n),
      anchorBudget: tons(1n),
      terms: {
        url: "cocoon://127.0.0.1:10010",
        logKey: logKey.publicKey,
        feeBps: 250,
        closeDelaySeconds: 172_800,
      },
    });
    const now = (): number => Date.now();
    const policy = await createPolicySource({ client: chain().client, root, now })();
    return { nowMs: now(), networkId: chain().client.networkId, root, bond, policy };
  }

  async function anchorLog(): Promise<AnchorRecord> {
    const { treeSize, root } = answers.log;
    const timestampSeconds = Math.floor(here.nowMs / 1_000);
    for (const size of [3, treeSize, treeSize + 4]) {
      await anchorCheckpoint(chain().client, {
        proxyBond: here.bond,
        logKey,
        treeSize: size,
        root: size === treeSize ? root : new Uint8Array(32).fill(size),
        timestampSeconds,
      });
    }
    const found = await anchorTransaction(chain().client, here.bond, { treeSize, root });
    assert.ok(found !== undefined);
    return {
      bond: here.bond,
      treeSize,
      root: toHex(root),
      transaction: found.hash,
      lt: found.lt.toString(),
      timestamp: timestampSeconds,
    };
  }

  function verify(file: ProofFile | string, nowMs = here.nowMs + 5_000): Promise<Verdict> {
    const parsed = typeof file === "string" ? parseProofFile(file) : file;
    return verifyProofFile(parsed, { profiles, nowMs, chain: chain().client });
  }

  function failuresOf({ checks }: Verdict): Partial<Record<CheckId, string>> {
    const failing = checks.filter(({ status }) => status === "fails");
    return Object.fromEntries(failing.map(({ id, code }) => [id, code]));
  }

  function checkOf({ checks }: Verdict, id: CheckId): Check {
    return checks.find((check) => check.id === id) ?? assert.fail(`no check ${id}`);
  }

  async function fails(text: string, expected: Partial<Record<CheckId, string>>): Promise<void> {
    const verdict = await verify(text);
    assert.deepEqual(failuresOf(verdict), expected);
    assert.equal(verdict.holds, false);
  }

  test("cocoon verify asks the servers that it is told of, and says whether they prove", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "cocoon-verify-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "proof.json");
    writeFileSync(file, anchored);
    const front = await startTamperingFront(context, chain().devnet.url, (path) =>
      path.startsWith("/v2/liteserver/") ? 404 : undefined,
    );
    const words = ["verify", file, "--home", folder];
    const believed = await cocoon(...words, "--endpoint", front.url);
    assert.equal(believed.status, 0, believed.output);
    assert.match(believed.output, /by the endpoint.s word/);
    const servers = ["--endpoint", front.url, "--proof-endpoint", chain().devnet.url];
    const proven = await cocoon(...words, ...servers);
    assert.equal(proven.status, 0, proven.output);
    assert.doesNotMatch(proven.output, /by the endpoint.s word/);
    const alone = await cocoon(...words, "--proof-endpoint", chain().devnet.url);
    assert.deepEqual([alone.status, alone.output], [2, ""]);
    assert.match(alone.errors, /--proof-endpoint needs --endpoint URL/);
  });

  test("finds root, log key and anchor, and everything holds", async () => {
    const verdict = await verify(anchored);
    assert.deepEqual(
      verdict.checks.filter(({ status }) => status !== "holds"),
      [],
    );
    assert.match(checkOf(verdict, "anchorOnChain").detail ?? "", /, proven, anchor 2 of 3$/);
    assert.match(checkOf(verdict, "logOnChain").detail ?? "", /, proven$/);
  });

  test("finds an anchor by its name, however many followed", async () => {
    const asked: string[] = [];
    const client: ChainClient = {
      ...chain().client,
      trustedAccount: async (address) => {
        return { ...(await chain().client.trustedAccount(address)), isProven: false };
      },
      transactions: (address, page) => {
        asked.push(address);
        return chain().client.transactions(address, page);
      },
    };
    const options = { profiles, nowMs: here.nowMs, chain: client };
    const verdict = await verifyProofFile(parseProofFile(anchored), options);
    assert.match(checkOf(verdict, "anchorOnChain").detail ?? "", /by the endpoint's word/);
    assert.deepEqual([...new Set(asked)], [here.root]);
  });

  test("refuses a history that is not the proven account's", async () => {
    const client: ChainClient = {
      ...chain().client,
      transactions: async (address, page) => {
        const found = await chain().client.transactions(address, page);
        return address === here.bond ? found.slice(1) : found;
      },
    };
    const options = { profiles, nowMs: here.nowMs, chain: client };
    const verdict = await verifyProofFile(parseProofFile(anchored), options);
    const { status, code } = checkOf(verdict, "anchorOnChain");
    assert.deepEqual([status, code], ["fails", "account_proof_invalid"]);
  });

  test("refuses a record that is not the chain's, in each of its fields", async () => {
    const mismatch = { anchorOnChain: "anchor_mismatch" };
    const at = (name: string): Path => ["log", "proof", "anchor", name];
    await fails(edited(anchored, at("transaction"), "7a".repeat(32)), mismatch);
    await fails(edited(anchored, at("lt"), "1"), mismatch);
    await fails(edited(anchored, at("timestamp"), anchor.timestamp + 1), mismatch);
  });

  test("refuses trees that the log signed and never anchored", async () => {
    const file = parseProofFile(anchored);
    const unanchored = [
      { receipts: answers.receipts.slice(0, 6), index: 2 },
      { receipts: answers.receipts.slice(1, 3), index: 1 },
    ];
    for (const { receipts, index } of unanchored) {
      const log = createLog(here, receipts);
      const claimed = { ...anchor, treeSize: log.treeSize, root: toHex(log.root) };
      const proof = log.proof(index, claimed);
      const verdict = await verify({ ...file, log: { ...file.log, proof } });
      assert.equal(checkOf(verdict, "anchor").status, "holds");
      assert.equal(checkOf(verdict, "anchorOnChain").code, "anchor_mismatch");
    }
  });

  test("refuses a copy of the root's lists that is not the original", async () => {
    const unexpected = { policyOnChain: "contract_unexpected" };
    await fails(edited(anchored, ["policy", "revision"], 4), unexpected);
    await fails(edited(anchored, ["policy", "tcbEvaluationFloor"], 1), unexpected);
    const model: Path = ["policy", "models", 0];
    await fails(edited(anchored, [...model, "name"], "bigger"), unexpected);
    await fails(edited(anchored, [...model, "contextTokens"], 1), unexpected);
    await fails(edited(anchored, ["policy", "revision"], 2), { policyOnChain: "image_unknown" });
    await fails(edited(anchored, ["policy", "revision"], 1), { policyOnChain: "image_unknown" });
    await fails(edited(anchored, ["policy", "revision"], 0), { policyOnChain: "image_unknown" });
    const image: Path = ["policy", "measurements", 0];
    await fails(edited(anchored, [...image, "evaluationMin"], 2), unexpected);
  });

  test("refuses whatever else nobody signed, but for the writer's own clock", async () => {
    const clock = new Set(["verifiedAtMs", "policy.readAtMs"]);
    const refusing = new Set(["policy", "policyOnChain", "anchorOnChain"]);
    const left = leavesOf(anchored).filter(({ path }) => {
      // Another role than the two is refused by the reader.
      return unproven.test(path.join(".")) && path.at(-1) !== "role";
    });
    assert.ok(left.length > 10);
    for (const { path, value } of left) {
      const verdict = await verify(edited(anchored, path, altered(value)));
      assert.equal(verdict.holds, clock.has(path.join(".")), path.join("."));
      for (const id of Object.keys(failuresOf(verdict))) assert.ok(refusing.has(id), id);
    }
  });

  test("refuses an image that its own writer listed, which holds offline", async () => {
    const worker = await createWorker(here, 0x2a, { measurement: "stranger" });
    const receipt = createReceipt(here, worker, 0);
    const own = { teeType: simulatedTeeType, role: "worker" } as const;
    const measurements = new Map([[simulatedImageHash("stranger"), own]]);
    const policy = encodePolicySnapshot({ ...here.policy, measurements });
    const promise = signPromise(logKey, {
      leafHash: hashLeaf(receipt),
      index: 0,
      timestampMs: here.nowMs,
    });
    const { bundle } = worker;
    const parts = { ...answers.first, receipt, bundle, policy, promise };
    const forged = parseProofFile(buildProofFile(withProof(parts, createLog(here, [receipt]))));
    const offline = await verifyProofFile(forged, { profiles, nowMs: here.nowMs });
    assert.deepEqual([offline.state, offline.holds], ["included", true]);
    assert.deepEqual(failuresOf(await verify(forged)), { policyOnChain: "image_unknown" });
  });

  test("refuses contracts that are not there", async () => {
    const nobody = `0:${"66".repeat(32)}`;
    const elsewhere = await verify(edited(anchored, ["log", "bond"], nobody));
    assert.equal(failuresOf(elsewhere).logOnChain, "contract_unexpected");
    assert.equal(failuresOf(elsewhere).anchorOnChain, "contract_unexpected");
    const rootless = await createAnswers({ ...here, root: nobody });
    await fails(buildProofFile(rootless.first), { policyOnChain: "contract_unexpected" });
  });

  test("a later removal does not make the past false, but nothing new is allowed by it", async () => {
    const signers = [council];
    const platformId = "0b".repeat(16);
    await revoke(governance, here.root, { kind: "banPlatform", platformId }, { signers });
    await revoke(governance, here.root, { kind: "removeMeasurement", imageHash }, { signers });
    await revoke(governance, here.root, { kind: "removeModel", manifestHash }, { signers });
    const past = await verify(anchored);
    assert.equal(past.holds, true);
    assert.match(checkOf(past, "policyOnChain").detail ?? "", /^revision 3 .*removed later$/);

    const later = { ...here, nowMs: here.nowMs + 2 * hourMs };
    const { first } = await createAnswers(later);
    const backdated = await verify(buildProofFile(first), later.nowMs + 5_000);
    assert.deepEqual(failuresOf(backdated), { policyOnChain: "policy_stale" });
  });

  test("a log key that was replaced since leaves the anchor as it is", async () => {
    const update = { url: "cocoon://elsewhere:1", feeBps: 0, logKey: otherLogKey.publicKey };
    await updateProxyBond(owner, here.bond, update);
    const verdict = await verify(anchored);
    assert.equal(verdict.holds, true);
    const statuses = (["logOnChain", "anchorOnChain"] as const).map(
      (id) => checkOf(verdict, id).status,
    );
    assert.deepEqual(statuses, ["unknown", "holds"]);
    const file = parseProofFile(anchored);
    const { publicKey } = otherLogKey;
    const proof = createLog(here, answers.receipts, otherLogKey).proof(2, anchor);
    const taken = await verify({ ...file, log: { ...file.log, publicKey, proof } });
    assert.equal(checkOf(taken, "checkpoint").status, "holds");
    assert.equal(checkOf(taken, "anchorOnChain").code, "anchor_mismatch");
  });

  test("without the chain nothing else changes, and it says what was not checked", async () => {
    await chain().devnet.stop();
    const clients = [
      [chain().client, /the chain cannot be reached$/],
      [
        createChainClient({ endpoints: [chain().devnet.url], networkId: -3, requestTimeoutMs }),
        /of another network$/,
      ],
    ] as const;
    for (const [client, reason] of clients) {
      const verdict = await verifyProofFile(parseProofFile(anchored), {
        profiles,
        nowMs: here.nowMs + 5 * 365 * 24 * hourMs,
        chain: client,
      });
      assert.deepEqual([verdict.state, verdict.holds], ["anchored", true]);
      const unchecked = verdict.checks.filter(({ status }) => status !== "holds");
      const ids = unchecked.map(({ id }) => id);
      assert.deepEqual(ids, ["policyOnChain", "logOnChain", "anchorOnChain"]);
      for (const { status, detail } of unchecked) {
        assert.equal(status, "unknown");
        assert.match(detail ?? "", reason);
      }
    }
  });
});
