// Days on which workers and engines die: every request is answered once, or refused once, and nobody pays for less.

import type { RunningGateway } from "@cocoon/services";
import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { after, before, suite, test } from "node:test";
import type OpenAI from "openai";
import { codeBy, goodRequest, openaiOf, refusalBy, textOf } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { joined, Rigs, startRig } from "./rig.ts";

suite("a bad day", () => {
  let network: Network;
  let gateway: RunningGateway;
  let openai: OpenAI;
  let rigs: Rigs;

  const ask = () => openai.chat.completions.create(goodRequest);
  const askStreamed = () => openai.chat.completions.create({ ...goodRequest, stream: true });
  /** What is charged, once nothing is under way. */
  const charged = async (): Promise<bigint> => {
    await rigs.rest();
    return await waitFor("nothing is pending", () => {
      const [books] = network.books("proxy", "incoming_channels");
      return books?.["pending"] === 0n && BigInt(books["posted"] ?? 0n);
    });
  };

  /** Every clock but those of the first two workers. */
  let offsetMs = 0;
  const now = (): number => Date.now() + offsetMs;

  before(async () => {
    network = await createNetwork();
    await network.startProxy({}, { now });
    rigs = new Rigs(await startRig(network, "worker-1"), await startRig(network, "worker-2"));
    gateway = await network.startGateway();
    openai = openaiOf(gateway);
    await joined(gateway, 2);
  });
  after(() => network.stop());

  test("a worker that dies before its first token: the other one answers, streamed", async () => {
    rigs.hold(0);
    const asking = askStreamed().withResponse();
    const dead = await rigs.answering();
    dead.cable.cut();
    const { data, response } = await asking;
    assert.ok((await textOf(data)).length > 0);
    assert.notEqual(response.headers.get("x-cocoon-worker"), dead.id);
    await rigs.mend(gateway);
    assert.ok((await charged()) > 0n);
  });

  test("a worker that dies before its first token: the other one answers, in one piece", async () => {
    rigs.hold(0);
    const asking = ask().withResponse();
    const dead = await rigs.answering();
    dead.cable.cut();
    const { data, response } = await asking;
    assert.ok(data.choices[0]?.message.content);
    assert.notEqual(response.headers.get("x-cocoon-worker"), dead.id);
    await rigs.mend(gateway);
  });

  test("a worker that dies in the middle of a stream: the other one tells the rest, each word once", async () => {
    const { choices } = await ask();
    rigs.hold(1);
    const stream = await askStreamed();
    const chunks = stream[Symbol.asyncIterator]();
    const first = await chunks.next();
    (await rigs.answering()).cable.cut();
    let text = first.done === true ? "" : (first.value.choices[0]?.delta.content ?? "");
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      text += next.value.choices[0]?.delta.content ?? "";
    }
    assert.equal(text, choices[0]?.message.content);
    await rigs.mend(gateway);
  });

  test("a worker that dies in the middle of a stream that can't be told again: one clear error, and nothing is charged", async () => {
    const chargedBefore = await charged();
    rigs.hold(1);
    const drawn = { ...goodRequest, temperature: 0.7, stream: true } as const;
    const stream = await openai.chat.completions.create(drawn);
    const chunks = stream[Symbol.asyncIterator]();
    assert.notEqual((await chunks.next()).done, true);
    (await rigs.answering()).cable.cut();
    const readOn = async (): Promise<void> => {
      while ((await chunks.next()).done !== true);
    };
    assert.equal(await codeBy(readOn()), "peer_unreachable");
    await rigs.mend(gateway);
    assert.equal(await charged(), chargedBefore);
  });

  test("a worker that dies in the middle of an answer in one piece: the other one answers", async () => {
    rigs.hold(1);
    const asking = ask();
    (await rigs.answering()).cable.cut();
    assert.ok((await asking).choices[0]?.message.content);
    await rigs.mend(gateway);
  });

  test("an engine whose process is killed: the answer comes all the same, and so does the engine", async () => {
    rigs.hold(0);
    const asking = ask();
    const { real } = await rigs.answering();
    const pid = real.childPid ?? 0;
    process.kill(pid, "SIGKILL");
    rigs.release();
    assert.ok((await asking).choices[0]?.message.content);
    await waitFor("there is another process", () => real.childPid !== pid);
  });

  test("a worker that fails everything at once: it is tried and then passed over", async () => {
    const [broken] = rigs.all;
    assert.ok(broken !== undefined);
    broken.engine.isBroken = true;
    const { runs } = broken.engine;
    for (let count = 0; count < 8; count += 1) {
      const { response } = await ask().withResponse();
      assert.notEqual(response.headers.get("x-cocoon-worker"), broken.id);
    }
    // It rests for twice as long after each failure.
    assert.ok(broken.engine.runs - runs < 8, `it was asked ${broken.engine.runs - runs} times`);
    broken.engine.isBroken = false;
  });

  test("no worker at all: no_worker; and when they are back they answer", async () => {
    rigs.cut();
    await joined(gateway, 0);
    assert.deepEqual(await refusalBy(ask()), {
      status: 503,
      code: "no_worker",
      param: null,
      type: "rate_limit_error",
    });
    await rigs.mend(gateway);
    assert.ok((await ask()).choices[0]?.message.content);
  });

  for (const stream of [true, false]) {
    test(`an application that leaves, stream: ${stream}: the engine stops, nothing is charged`, async () => {
      const chargedBefore = await charged();
      rigs.hold(1);
      const leaving = new AbortController();
      const asking = openai.chat.completions.create(
        { ...goodRequest, stream },
        { signal: leaving.signal },
      );
      const read = async (): Promise<void> => {
        const answer = await asking;
        if (!("choices" in answer)) await textOf(answer);
      };
      // A stream that its reader aborts ends, an answer in one piece rejects.
      const reading = Promise.allSettled([read()]);
      await rigs.answering();
      leaving.abort();
      await rigs.rest();
      await reading;
      rigs.release();
      assert.equal(await charged(), chargedBefore);
    });
  }

  test("an application that reads slowly: the engine waits, memory stays bounded, and all of it arrives", async () => {
    const text = "a".repeat(32_768);
    const deltas = 1_024;
    const engines = rigs.all.map(({ engine }) => engine);
    for (const engine of engines) engine.flood(deltas, text);
    const taken = (): number => engines.reduce((sum, engine) => sum + engine.floodedLength, 0);
    const response = await askSlowly(gateway);
    await waitFor("nothing moves any more", steady(taken));
    assert.ok(taken() < 20_000_000, `${taken()} letters were made for somebody who reads none`);
    let length = 0;
    for await (const piece of response) length += String(piece).split("a").length - 1;
    assert.ok(length >= text.length * deltas);
    await rigs.rest();
    rigs.release();
  });

  test("a key configuration that has expired: that worker is passed over, and with no other it is the reason", async () => {
    const minuteMs = 60_000;
    offsetMs = 40 * minuteMs;
    const third = await startRig(network, "worker-3", { now });
    await joined(gateway, 3);
    offsetMs = 71 * minuteMs;
    const late = await network.startGateway({}, { name: "late", now });
    const asking = openaiOf(late);
    for (let count = 0; count < 4; count += 1) {
      const { response } = await asking.chat.completions.create(goodRequest).withResponse();
      assert.equal(response.headers.get("x-cocoon-worker"), third.id);
    }
    third.cable.cut();
    await joined(late, 2);
    assert.equal(await codeBy(asking.chat.completions.create(goodRequest)), "key_config_expired");
  });
});

/** A streamed answer of which nothing is read until the caller does. */
function askSlowly({ port }: RunningGateway): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json" };
  const path = "/v1/chat/completions";
  return new Promise((resolve, reject) => {
    const asking = request({
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      headers,
      agent: false,
    });
    asking.on("response", resolve).on("error", reject);
    asking.end(JSON.stringify({ ...goodRequest, stream: true }));
  });
}

/** Whether a number that has begun to grow was the same for a while. */
function steady(measure: () => number): () => boolean {
  const seen: number[] = [];
  return () => {
    seen.push(measure());
    const latest = seen.slice(-16);
    return latest.length === 16 && latest[0] !== 0 && new Set(latest).size === 1;
  };
}
