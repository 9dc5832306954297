import { CocoonError, fromHex, JsonReader, nanotons, parseJson } from "@cocoon/protocol";
import type { AcceptedAnswer, RootPolicy } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { openStore, type Store } from "../store/index.ts";
import { AnswerStore } from "./answer-store.ts";
import { gatewayMigrations } from "./migrations.ts";

const file = new URL("../../../../vectors/receipt.json", import.meta.url);
const vectors = new JsonReader(
  parseJson(readFileSync(file, "utf8"), "receipt_malformed"),
  "receipt_malformed",
);
const receipt = fromHex(vectors.string("receipt", 10_000)) ?? new Uint8Array();
const channel = `0:${"aa".repeat(32)}`;
const other = `0:${"bb".repeat(32)}`;
const policy: RootPolicy = {
  networkId: -7239,
  rootAddress: channel,
  readAtMs: 0,
  ageMaxMs: 1,
  revision: 1,
  tcbEvaluationFloor: 0,
  models: new Map(),
  params: {
    tcbEvaluationFloor: 0,
    bondMin: nanotons(0n),
    workerBondMin: nanotons(0n),
    channelCodeHash: "",
    proxyBondCodeHash: "",
    workerBondCodeHash: "",
  },
  auditors: { keys: [], threshold: 0 },
  measurements: new Map(),
  pending: [],
};

function answerOf(number: number, changes: Partial<AcceptedAnswer> = {}): AcceptedAnswer {
  return {
    request: number.toString(16).padStart(32, "0"),
    channel,
    amount: nanotons(BigInt(number)),
    receipt,
    salt: new Uint8Array(32),
    promise: Uint8Array.of(1),
    log: { bond: other, publicKey: new Uint8Array(32) },
    bundle: Uint8Array.of(2, 3),
    acceptedAtMs: number,
    ...changes,
  };
}

suite("AnswerStore", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-answers-"));
  const stores: Store[] = [];
  const open = (name: string, policyNow = policy): AnswerStore => {
    const store = openStore(join(folder, name), gatewayMigrations);
    stores.push(store);
    return new AnswerStore(store, () => Promise.resolve(policyNow));
  };
  after(() => {
    for (const store of stores) store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("find() knows an answer by the id that the application was told, too", async () => {
    const answers = open("announced.db");
    const [request, announcedAs] = ["1".repeat(32), "2".repeat(32)];
    await answers.accept(answerOf(1, { request, announcedAs }));
    assert.equal(answers.find(request)?.announcedAs, announcedAs);
    assert.equal(answers.find(announcedAs)?.request, request);
    assert.equal(answers.list(1)[0]?.announcedAs, announcedAs);
  });

  test("accept() refuses a receipt that is none, and an answer that was given up", async () => {
    const answers = open("refused.db");
    const malformed = answers.accept(answerOf(1, { receipt: Uint8Array.of(1) }));
    await assert.rejects(malformed, { code: "receipt_malformed" });
    assert.deepEqual(await answers.reconcile([answerOf(2).request]), []);
    await assert.rejects(answers.accept(answerOf(2)), (error: unknown) => {
      return error instanceof CocoonError && error.code === "peer_unreachable";
    });
    assert.equal(await answers.spent(channel), 0n);
    assert.deepEqual(answers.list(10), []);
  });

  test("accept() refuses what was given up while it was being stored, and reconcile() names what was stored before", async () => {
    const answers = open("raced.db");
    const accepting = answers.accept(answerOf(1));
    const reconciling = answers.reconcile([answerOf(1).request]);
    const outcomes = await Promise.allSettled([accepting, reconciling]);
    const isAccepted = outcomes[0].status === "fulfilled";
    assert.deepEqual(await reconciling, isAccepted ? [answerOf(1).request] : []);
    assert.equal(await answers.spent(channel), isAccepted ? 1n : 0n);
    await answers.accept(answerOf(5));
    assert.deepEqual(await answers.reconcile([answerOf(5).request, answerOf(6).request]), [
      answerOf(5).request,
    ]);
  });

  test("accept() counts an answer once, however often and at once it is accepted", async () => {
    const answers = open("twice.db");
    await Promise.all([7, 7, 8, 7].map((number) => answers.accept(answerOf(number))));
    await answers.accept(answerOf(7, { amount: nanotons(1_000n) }));
    await answers.accept(answerOf(9, { channel: other }));
    assert.equal(await answers.spent(channel), 15n);
    assert.equal(await answers.spent(other), 9n);
    assert.equal(await answers.spent(`0:${"cc".repeat(32)}`), 0n);
  });

  test("list() gives the newest first, and each answer as it was accepted, also after a restart", async () => {
    let answers = open("listed.db");
    for (const number of [3, 1, 2]) await answers.accept(answerOf(number));
    stores.pop()?.close();
    answers = open("listed.db");
    assert.deepEqual(
      answers.list(2).map(({ acceptedAtMs }) => acceptedAtMs),
      [3, 2],
    );
    const { state, logProof, policy: kept, ...answer } = answers.find(answerOf(2).request) ?? {};
    assert.deepEqual(answer, answerOf(2));
    assert.equal(state, "signed");
    assert.equal(logProof, undefined);
    assert.match(kept ?? "", /"revision":1/);
    assert.equal(await answers.spent(channel), 6n);
    assert.equal(answers.find("f".repeat(32)), undefined);
  });

  test("accept() keeps each answer with the policy of its time", async () => {
    const before = open("policies.db");
    await before.accept(answerOf(1));
    stores.pop()?.close();
    const now = open("policies.db", { ...policy, revision: 2 });
    await now.accept(answerOf(2));
    assert.match(now.find(answerOf(1).request)?.policy ?? "", /"revision":1/);
    assert.match(now.find(answerOf(2).request)?.policy ?? "", /"revision":2/);
  });

  test("waiting() gives the oldest first, and none whose proof has come further", async () => {
    const answers = open("proofs.db");
    for (const number of [2, 1, 3, 4]) await answers.accept(answerOf(number));
    await answers.recordProof(answerOf(1).request, "included", "{}");
    await answers.recordProof(answerOf(2).request, "anchored", "{}");
    const waiting = (state: "signed" | "included", limit: number) =>
      answers.waiting(state, answerOf(1).log, limit).map(({ request }) => request);
    assert.deepEqual(waiting("signed", 10), [answerOf(3).request, answerOf(4).request]);
    assert.deepEqual(waiting("signed", 1), [answerOf(3).request]);
    assert.deepEqual(waiting("included", 10), [answerOf(1).request]);
    assert.equal(answers.find(answerOf(1).request)?.state, "included");
  });

  test("reserveSequences() hands out no number twice, at once or after a restart", async () => {
    const answers = open("sequences.db");
    const firsts = await Promise.all(
      [4, 1, 4].map((count) => answers.reserveSequences(channel, count)),
    );
    assert.deepEqual(firsts, [0, 4, 5]);
    assert.equal(await answers.reserveSequences(other, 2), 0);
    stores.pop()?.close();
    assert.equal(await open("sequences.db").reserveSequences(channel, 1), 9);
  });
});
