// Workers with scripted engines are killed while they answer, before the first word and in the middle: every request is
// answered once, sealed all the way, and paid once, and its receipt names who opened it.
// FAILOVER_REQUESTS=1000 for the whole measure.

import {
  fromHex,
  parseBundle,
  parseClaims,
  parseReceipt,
  primitives,
  toHex,
} from "@cocoon/protocol";
import { parseProofFile } from "@cocoon/sdk";
import type { RunningGateway, RunningWorker } from "@cocoon/services";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { baseOf, get, openaiOf, textOf } from "./ask.ts";
import { createNetwork, modelName, type Network, settleEagerly, waitFor } from "./harness.ts";
import { filesUnder, type Recording, recordConnections } from "./recording.ts";
import { joined } from "./rig.ts";
import { scriptedAnswer, ScriptedEngine } from "./scripted-engine.ts";

const requestCount = Number(process.env["FAILOVER_REQUESTS"] ?? "48");
const concurrency = 6;
const workerCount = 4;
/** Every so many requests that begin somewhere, the worker where it began is killed. */
const killEvery = 8;
const slots = 16;

type Summary = { readonly id: string; readonly amountNanotons: string };
type Channel = { readonly spentNanotons: string; readonly voucheredNanotons: string };

/** One life of a worker. */
type Life = { readonly id: string; readonly engine: ScriptedEngine; readonly end: () => void };

/** A request that a worker began, and whether the worker lives. */
type Run = { readonly worker: string; isCutOff: boolean };

suite(`${requestCount} requests while workers with scripted engines are killed`, () => {
  const canary = `canary${toHex(primitives.randomBytes(6))}`;
  const lives: Life[] = [];
  /** By request id, in the order in which they began. */
  const runs = new Map<string, Run[]>();
  /** Requests that began on a worker while another one that lives had begun them. */
  const doubled: string[] = [];
  const failures: string[] = [];
  const receiptIds: string[] = [];
  let network: Network;
  let gateway: RunningGateway;
  let recording: Recording;
  let begun = 0;
  let alive = 0;
  let kills = { early: 0, late: 0 };
  let isKilling = false;
  let starting: Promise<void> = Promise.resolve();

  /** A worker that is cut off in the middle of a word, without a goodbye, and comes back as another. */
  const startWorker = async (name: string): Promise<void> => {
    const cable = await network.layCable();
    const dying = new Map<string, number>();
    let isOver = false;
    const engine = new ScriptedEngine(slots, ({ requestId }, words) => {
      if (words === 0) {
        noteRun(requestId, life.id, isOver);
        begun += 1;
        // Somebody must be left to take over: the others may still be coming back.
        const mayKill = isKilling && alive > workerCount / 2 && begun >= killEvery;
        if (mayKill && dying.size === 0) {
          dying.set(requestId, (kills.early + kills.late) % 2 === 0 ? 0 : 3);
          begun = 0;
        }
      }
      if (dying.get(requestId) !== words) return;
      dying.clear();
      if (words === 0) kills = { ...kills, early: kills.early + 1 };
      else kills = { ...kills, late: kills.late + 1 };
      life.end();
    });
    const worker = await network.startWorker(name, {
      scripted: engine,
      cable,
      changes: { slots, settle: settleEagerly },
    });
    const life: Life = {
      id: worker.workerId,
      engine,
      end: () => {
        if (isOver) return;
        isOver = true;
        alive -= 1;
        for (const run of [...runs.values()].flat()) run.isCutOff ||= run.worker === life.id;
        cable.cut();
        starting = comeBack(starting, name, worker);
      },
    };
    lives.push(life);
    const isJoined = (line: string): boolean =>
      line.includes("worker_joined") && line.includes(worker.workerId);
    await waitFor("the worker is offered", () => network.log.some(isJoined));
    alive += 1;
  };

  const noteRun = (request: string, worker: string, isCutOff: boolean): void => {
    const earlier = runs.get(request) ?? [];
    if (earlier.some((run) => !run.isCutOff)) doubled.push(request);
    runs.set(request, [...earlier, { worker, isCutOff }]);
  };

  const comeBack = async (
    earlier: Promise<void>,
    name: string,
    worker: RunningWorker,
  ): Promise<void> => {
    await earlier;
    await worker.close();
    await startWorker(name);
  };

  /** A third is drawn, and taken in one piece; the others are streamed, with a seed or greedy. */
  const ask = async (prompt: string, index: number): Promise<string> => {
    const openai = openaiOf(gateway);
    const wish = { model: modelName, messages: [{ role: "user" as const, content: prompt }] };
    const paid = { ...wish, max_tokens: 24 };
    if (index % 3 === 0) {
      const { data, response } = await openai.chat.completions
        .create({ ...paid, temperature: 0.8 })
        .withResponse();
      receiptIds.push(response.headers.get("x-cocoon-receipt") ?? "");
      return data.choices[0]?.message.content ?? "";
    }
    const drawn = index % 3 === 1 ? { temperature: 0.8, seed: 7 } : {};
    const { data } = await openai.chat.completions
      .create({ ...paid, ...drawn, stream: true })
      .withResponse();
    return await textOf(data);
  };

  before(async () => {
    recording = recordConnections();
    network = await createNetwork();
    await network.startProxy({ settle: settleEagerly });
    for (let index = 0; index < workerCount; index += 1) await startWorker(`worker-${index}`);
    gateway = await network.startGateway();
    await joined(gateway, workerCount);
    isKilling = true;
    let next = 0;
    const askAll = async (): Promise<void> => {
      while (next < requestCount) {
        const index = next;
        next += 1;
        const prompt = `${canary} number ${index}`;
        const answer = await ask(prompt, index).catch((error: unknown) => String(error));
        if (answer !== scriptedAnswer(prompt)) failures.push(`${index}: ${answer}`);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, askAll));
    isKilling = false;
    await starting;
  });
  after(async () => {
    recording.stop();
    await network.stop();
  });

  test("answers at least 99.9 % of them, each word once", (context) => {
    const handedOver = [...runs.values()].filter(({ length }) => length > 1);
    const { early, late } = kills;
    context.diagnostic(
      `${requestCount} requests, ${early} kills before the first word, ${late} in the middle, ` +
        `${handedOver.length} requests handed over, ${runs.size} request ids, ${failures.length} not answered`,
    );
    assert.ok(early > 0 && late > 0 && handedOver.length > 0);
    assert.ok(failures.length <= requestCount / 1_000, failures.join("\n"));
  });

  test("runs no request twice on one worker, and on another only when the one before was killed", () => {
    for (const { engine } of lives) assert.equal(new Set(engine.begun).size, engine.begun.length);
    assert.deepEqual(doubled, []);
  });

  test("pays each answer once, and all books agree", async () => {
    const { data } = await get<{ data: readonly Summary[] }>(gateway, "/v1/receipts?limit=2000");
    assert.equal(data.length, requestCount - failures.length);
    assert.equal(new Set(data.map(({ id }) => id)).size, data.length);
    const total = data.reduce((sum, { amountNanotons }) => sum + BigInt(amountNanotons), 0n);
    await waitFor("the voucher covers everything", async () => {
      const channels = await get<{ data: readonly Channel[] }>(gateway, "/v1/channels");
      return channels.data.some(({ voucheredNanotons }) => BigInt(voucheredNanotons) === total);
    });
    await waitFor("the proxy charged exactly that, and nothing is open", () => {
      const [books] = network.books("proxy", "incoming_channels");
      return books?.["posted"] === total && books["pending"] === 0n;
    });
    const owed = network
      .books("proxy", "outgoing_channels")
      .reduce((sum, row) => sum + BigInt(row["owed"] ?? 0n), 0n);
    const names = Array.from({ length: workerCount }, (_, index) => `worker-${index}`);
    await waitFor(`workers and proxy agree on ${owed}`, () => {
      const rows = names.flatMap((name) => network.books(name, "incoming_channels"));
      const posted = rows.reduce((sum, row) => sum + BigInt(row["posted"] ?? 0n), 0n);
      return posted === owed;
    });
  });

  test("has receipts that name the worker that opened the request and answered it", async () => {
    const { data } = await get<{ data: readonly Summary[] }>(gateway, "/v1/receipts?limit=2000");
    for (const { id } of data) {
      const response = await fetch(`${baseOf(gateway)}/v1/receipts/${id}`);
      const file = parseProofFile(await response.text());
      const receipt = parseReceipt(file.receipt);
      const claims = parseClaims(parseBundle(file.bundle).claims);
      const life = lives.find(({ id: worker }) => worker === claims.workerId);
      const request = toHex(receipt.requestId);
      assert.ok(life?.engine.finished.has(request), `${request} by ${claims.workerId}`);
      assert.deepEqual(fromHex(request), receipt.requestId);
    }
    const known = new Set(data.map(({ id }) => id));
    for (const id of receiptIds) assert.ok(known.has(id), id);
  });

  test("leaves no prompt and no answer on the wire, in a file or in a log", () => {
    const secrets = [canary];
    for (let index = 0; index < requestCount; index += 1) {
      secrets.push(scriptedAnswer(`${canary} number ${index}`).slice(0, 17));
    }
    const places = [
      ["the wire", Buffer.concat(recording.pieces)],
      ["the logs", Buffer.from(network.log.join("\n"))],
      ...filesUnder(network.home).map((path) => [path, readFileSync(path)] as const),
    ] as const;
    assert.ok(places[0][1].length > 100_000, "the recording recorded");
    for (const [place, bytes] of places) {
      for (const secret of secrets) assert.ok(!bytes.includes(secret), `found in ${place}`);
    }
  });
});
