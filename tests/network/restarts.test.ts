// Roles that go away under load and come back to their homes, and a chain that is away: nothing acknowledged is lost,
// nothing is paid twice, and all books agree in the end.

import { parseReceipt } from "@cocoon/protocol";
import { readChannel } from "@cocoon/sdk";
import type { RunningGateway, RunningProxy, RunningWorker } from "@cocoon/services";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { APIError } from "openai";
import { get, goodRequest, openaiOf, textOf } from "./ask.ts";
import type { Cable } from "./cable.ts";
import {
  type ChannelBooks,
  createNetwork,
  type Network,
  settleEagerly,
  waitFor,
} from "./harness.ts";
import { joined } from "./rig.ts";
import { ValvedEngine } from "./valve.ts";

type Summary = { readonly id: string; readonly state: string; readonly amountNanotons: string };
type Channel = {
  readonly address: string;
  readonly spentNanotons: string;
  readonly voucheredNanotons?: string;
};

suite("a restart", () => {
  let network: Network;
  let proxy: RunningProxy;
  let gateway: RunningGateway;
  let worker: RunningWorker;
  let engine: ValvedEngine;
  let gatewayCable: Cable;
  let workerCable: Cable;

  const startProxy = (): Promise<RunningProxy> => network.startProxy({ settle: settleEagerly });
  const startGateway = (): Promise<RunningGateway> =>
    network.startGateway({}, { cable: gatewayCable });
  const startWorker = (): Promise<RunningWorker> =>
    network.startWorker("worker-1", {
      cable: workerCable,
      changes: { settle: settleEagerly },
      engine: (real) => {
        engine = new ValvedEngine(real);
        return engine;
      },
    });
  const ask = () => openaiOf(gateway).chat.completions.create(goodRequest);
  const receipts = async (): Promise<readonly Summary[]> =>
    (await get<{ data: readonly Summary[] }>(gateway, "/v1/receipts?limit=1000")).data;
  const booksOf = (role: string): ChannelBooks => network.books(role, "incoming_channels")[0] ?? {};
  const sumOf = (summaries: readonly Summary[]): bigint =>
    summaries.reduce((sum, { amountNanotons }) => sum + BigInt(amountNanotons), 0n);

  /** Every book of the way says the same, and nothing is open. */
  const agree = async (): Promise<void> => {
    const total = sumOf(await receipts());
    await waitFor("gateway and proxy agree", async () => {
      const { data } = await get<{ data: readonly Channel[] }>(gateway, "/v1/channels");
      const books = booksOf("proxy");
      return (
        data[0]?.voucheredNanotons === total.toString() &&
        data[0].spentNanotons === total.toString() &&
        books["posted"] === total &&
        books["vouchered"] === total &&
        books["pending"] === 0n
      );
    });
    await waitFor("proxy and worker agree", () => {
      const [owed] = network.books("proxy", "outgoing_channels");
      const books = booksOf("worker-1");
      return (
        books["pending"] === 0n &&
        books["posted"] === owed?.["owed"] &&
        books["vouchered"] === owed?.["owed"]
      );
    });
  };

  before(async () => {
    network = await createNetwork();
    proxy = await startProxy();
    gatewayCable = await network.layCable();
    workerCable = await network.layCable();
    worker = await startWorker();
    gateway = await startGateway();
    await joined(gateway, 1);
  });
  after(() => network.stop());

  test("of the proxy under load: requests are answered or fail once, and the sums agree", async () => {
    const openai = openaiOf(gateway);
    let answered = 0;
    const refusals: string[] = [];
    const stopping = new AbortController();
    const load = async (stream: boolean): Promise<void> => {
      while (!stopping.signal.aborted) {
        try {
          const answer = await openai.chat.completions.create({ ...goodRequest, stream });
          if (!("choices" in answer)) await textOf(answer);
          answered += 1;
        } catch (error) {
          assert.ok(error instanceof APIError, String(error));
          refusals.push(error.code ?? String(error));
        }
      }
    };
    const loads = [true, true, true, false, false, false].map(load);
    for (let count = 1; count <= 2; count += 1) {
      await waitFor("it is under load", () => answered >= 10 * count);
      await proxy.close();
      proxy = await startProxy();
      const answeredBefore = answered;
      await waitFor("it is under load again", () => answered >= answeredBefore + 6);
    }
    stopping.abort();
    await Promise.all(loads);
    const known = new Set(["peer_unreachable", "no_worker", "stopping"]);
    assert.deepEqual(
      refusals.filter((code) => !known.has(code)),
      [],
    );
    assert.equal((await receipts()).length, answered);
    await agree();
  });

  test("of the gateway: what is spent and the sequences go on", async () => {
    const earlier = await receipts();
    await gateway.close();
    gateway = await startGateway();
    await ask();
    const now = await receipts();
    assert.equal(now.length, earlier.length + 1);
    assert.deepEqual(
      now.slice(1).map(({ id }) => id),
      earlier.map(({ id }) => id),
    );
    const sequences = network
      .rows<{ receipt: ArrayBuffer }>("gateway", "SELECT receipt FROM answers")
      .map(({ receipt }) => parseReceipt(new Uint8Array(receipt)).sequence);
    assert.equal(new Set(sequences).size, sequences.length);
    await agree();
  });

  test("of the connection, when the gateway has an answer whose acknowledgement was lost: it is owed", async () => {
    const released = booksOf("proxy")["released"];
    engine.hold(0);
    const asking = ask();
    await waitFor("an answer waits", () => engine.held > 0);
    gatewayCable.mute("near");
    engine.release();
    await asking;
    await waitFor(
      "the proxy waits for the acknowledgement",
      () => booksOf("proxy")["pending"] !== 0n,
    );
    gatewayCable.cut();
    gatewayCable.mend();
    await agree();
    assert.equal(booksOf("proxy")["released"], released);
  });

  test("of the connection, when the answer was lost: it is released, and asked again", async () => {
    const { length } = await receipts();
    engine.hold(0);
    const asking = ask();
    await waitFor("an answer waits", () => engine.held > 0);
    gatewayCable.mute("far");
    engine.release();
    await waitFor(
      "the proxy waits for the acknowledgement",
      () => booksOf("proxy")["pending"] !== 0n,
    );
    gatewayCable.cut();
    gatewayCable.mend();
    assert.ok((await asking).choices[0]?.message.content);
    assert.equal((await receipts()).length, length + 1);
    await agree();
    assert.ok(BigInt(booksOf("proxy")["released"] ?? 0n) > 0n);
  });

  test("of the worker, when it did not learn whether its receipt was logged: the proxy says so", async () => {
    const released = booksOf("worker-1")["released"];
    engine.hold(0);
    const asking = ask();
    await waitFor("an answer waits", () => engine.held > 0);
    workerCable.mute("far");
    engine.release();
    await asking;
    assert.notEqual(booksOf("worker-1")["pending"], 0n);
    workerCable.cut();
    await worker.close();
    assert.notEqual(booksOf("worker-1")["pending"], 0n);
    workerCable.mend();
    worker = await startWorker();
    await joined(gateway, 1);
    await ask();
    await agree();
    assert.equal(booksOf("worker-1")["released"], released);
  });

  test("of the worker's connection, when its receipt never arrived: nobody owes it, and it is asked again", async () => {
    engine.hold(0);
    const asking = ask();
    await waitFor("an answer waits", () => engine.held > 0);
    workerCable.mute("near");
    engine.release();
    await waitFor("the receipt is handed in", () => booksOf("worker-1")["pending"] !== 0n);
    workerCable.cut();
    workerCable.mend();
    assert.ok((await asking).choices[0]?.message.content);
    await agree();
    assert.notEqual(booksOf("worker-1")["released"], 0n);
  });

  test("of the chain: answers go on without it, attached anew too; anchors and settlements catch up", async () => {
    await network.stopDevnet();
    await ask();
    gatewayCable.cut();
    workerCable.cut();
    gatewayCable.mend();
    workerCable.mend();
    await joined(gateway, 1);
    await ask();
    const total = sumOf(await receipts());
    await agree();
    await network.restartDevnet();
    await waitFor("all receipts are anchored", async () =>
      (await receipts()).every(({ state }) => state === "anchored"),
    );
    const address = String(booksOf("proxy")["address"]);
    await waitFor("everything is settled", async () => {
      const state = await readChannel(network.chain, address);
      return state?.claimed === total;
    });
  });

  test("of everything while the chain is away waits for no chain", async () => {
    await ask();
    await network.stopDevnet();
    await gateway.close();
    await worker.close();
    await proxy.close();
    await network.restartDevnet();
  });
});
