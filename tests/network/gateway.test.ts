// A gateway for a team: who may ask and for how much, what is asked once, what can be seen of it, and what can't.

import { ApiKeys, gatewayMigrations, ledgerMigrations, openStore } from "@cocoon/services";
import { nanotons } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import OpenAI, { RateLimitError } from "openai";
import { baseOf, codeBy, get, goodRequest, openaiOf, post, refusalIn } from "./ask.ts";
import { createNetwork, modelName, type Network, waitFor } from "./harness.ts";
import { joined, type Rig, startRig } from "./rig.ts";

const canary = "canary-77c1e9";
const traceId = "ab".repeat(16);

type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
};

suite("a gateway", () => {
  let network: Network;
  let gateway: Awaited<ReturnType<Network["startGateway"]>>;
  let collector: Server;
  let rig: Rig;
  const exported: string[] = [];
  const replayed = { "idempotency-key": "one" };
  const asked = { ...goodRequest, messages: [{ role: "user" as const, content: canary }] };

  before(async () => {
    collector = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (piece: string) => exported.push(piece));
      request.on("end", () => response.end("{}"));
    });
    collector.listen(0, "127.0.0.1");
    await once(collector, "listening");
    const address = collector.address();
    const port = typeof address === "object" ? address?.port : 0;
    network = await createNetwork();
    await network.startProxy();
    rig = await startRig(network, "worker-1");
    gateway = await network.startGateway(
      { keepsResponses: true },
      { otlpEndpoint: `http://127.0.0.1:${port}` },
    );
    await joined(gateway, 1);
  });
  after(async () => {
    await network.stop();
    collector.close();
  });

  const spans = (): readonly Span[] => {
    const all = exported.join("").matchAll(/\{"traceId":[^{}]*/g);
    return [...all].map(([text]) => {
      const span: unknown = JSON.parse(`${text.replace(/,"[^"]*":?\[?$/, "")}}`);
      // oxlint-disable-next-line no-unsafe-type-assertion -- OTLP's shape, asserted below
      return span as Span;
    });
  };

  test("runs alone from its folder, as a proxy does: a second one would sign from the same books", async () => {
    await assert.rejects(network.startGateway(), { code: "storage_locked" });
    await assert.rejects(network.startProxy(), { code: "storage_locked" });
  });

  test("keeps pages of other origins out, and what does not say that it is JSON", async () => {
    for (const [headers, code] of [
      [{ origin: "https://evil.example" }, "origin_refused"],
      [{ origin: "null" }, "origin_refused"],
      [{ "content-type": "text/plain" }, "request_malformed"],
      [{ "content-type": "application/x-www-form-urlencoded" }, "request_malformed"],
    ] as const) {
      assert.equal((await refusalIn(await post(gateway, goodRequest, headers))).code, code);
    }
    const own = await post(gateway, goodRequest, { origin: baseOf(gateway) });
    assert.equal(own.status, 200);
    await own.text();
  });

  test("lists models with who serves them, and finds one", async () => {
    type Listed = {
      readonly id: string;
      readonly cocoon: {
        readonly workers: readonly { readonly worker: string; readonly slots: number }[];
        readonly tiers: readonly string[];
        readonly capabilities: readonly string[];
      };
    };
    const model = await get<Listed>(gateway, `/v1/models/${modelName}`);
    assert.deepEqual(model.cocoon.tiers, ["dev"]);
    assert.ok(model.cocoon.capabilities.includes("embeddings"));
    const [worker] = model.cocoon.workers;
    assert.equal(worker?.slots, 4);
    const only = await post(gateway, goodRequest, { "x-cocoon-worker": worker.worker });
    assert.equal(only.headers.get("x-cocoon-worker"), worker.worker);
    await only.text();
  });

  test("refuses what no engine can do before anything is sealed, and headers that ask for another proxy", async () => {
    const sealed = network.log.filter((line) => line.includes("request_ended")).length;
    const refusal = await refusalIn(await post(gateway, { ...goodRequest, logprobs: true }));
    assert.deepEqual([refusal.code, refusal.param], ["capability_missing", "logprobs"]);
    assert.ok(network.log.filter((line) => line.includes("request_ended")).length > sealed);
    for (const [header, value] of [
      ["x-cocoon-proxy", `0:${"00".repeat(32)}`],
      ["x-cocoon-worker", "ab"],
    ] as const) {
      const { param } = await refusalIn(await post(gateway, goodRequest, { [header]: value }));
      assert.equal(param, header);
    }
  });

  test("answers a request with an idempotency key once, streamed or not", async () => {
    const first = await post(gateway, asked, replayed);
    const text = await first.text();
    const again = await post(gateway, asked, replayed);
    assert.equal(await again.text(), text);
    assert.equal(again.headers.get("x-cocoon-replayed"), "yes");
    assert.equal(again.headers.get("x-cocoon-receipt"), first.headers.get("x-cocoon-receipt"));
    const other = await post(gateway, goodRequest, replayed);
    assert.equal((await refusalIn(other)).code, "idempotency_mismatch");
    const streamed = { ...asked, stream: true };
    const key = { "idempotency-key": "two" };
    rig.engine.hold(1);
    const asking = post(gateway, streamed, key);
    await waitFor("an answer waits", () => rig.engine.held > 0);
    const refused = await post(gateway, streamed, key);
    assert.equal((await refusalIn(refused)).code, "idempotency_in_progress");
    assert.equal(refused.headers.get("retry-after"), "1");
    rig.engine.release();
    const events = await (await asking).text();
    assert.match(events, /\[DONE\]/);
    assert.equal(await (await post(gateway, streamed, key)).text(), events);
    const failed = { "idempotency-key": "three" };
    for (const model of ["none", "none"]) {
      const { code } = await refusalIn(await post(gateway, { ...goodRequest, model }, failed));
      assert.equal(code, "model_unknown");
    }
  });

  test("tells traces from the application to the anchor, and counts", async () => {
    const traceparent = `00-${traceId}-${"cd".repeat(8)}-01`;
    await (await post(gateway, asked, { traceparent })).text();
    const anchored = await waitFor("the anchor's span came", () =>
      spans().find((span) => span.traceId === traceId && span.name === "receipt anchored"),
    );
    const inTrace = spans().filter((span) => span.traceId === traceId);
    const ask = inTrace.find(({ name }) => name === "ask");
    const answer = inTrace.find(({ name }) => name === "answer");
    assert.equal(ask?.parentSpanId, "cd".repeat(8));
    assert.equal(answer?.parentSpanId, ask.spanId);
    assert.equal(anchored.parentSpanId, answer.spanId);
    const metrics = await (await fetch(`${baseOf(gateway)}/metrics`)).text();
    assert.match(
      metrics,
      /cocoon_requests_total\{path="\/v1\/chat\/completions",code="ok"\} [1-9]/,
    );
    assert.match(metrics, /code="capability_missing"\} 1\n/);
    assert.match(metrics, /cocoon_tokens_total\{kind="prompt"\} [1-9]/);
    assert.match(metrics, /cocoon_ready 1\n/);
    assert.match(metrics, /cocoon_request_seconds_bucket\{.*le="\+Inf"\} [1-9]/);
    assert.ok(!metrics.includes(canary) && !exported.join("").includes(canary));
  });

  test("goes on from a response that was kept, streamed or not, until it is deleted", async () => {
    const { responses } = openaiOf(gateway);
    const model = modelName;
    const first = await responses.create({ model, input: canary, store: true });
    const next = { model, input: "Go on", previous_response_id: first.id };
    const second = await responses.stream({ ...next, store: true }).finalResponse();
    assert.equal(second.previous_response_id, first.id);
    assert.ok("cocoon" in second);
    const again = await responses.retrieve(second.id);
    assert.deepEqual([again.id, again.usage], [second.id, second.usage]);
    const repeated = await responses.create({
      model,
      input: [
        { role: "user", content: canary },
        { role: "assistant", content: first.output_text },
        { role: "user", content: "Go on" },
      ],
    });
    assert.equal(second.usage?.input_tokens, repeated.usage?.input_tokens);
    assert.equal(second.output_text, repeated.output_text);
    assert.equal(await codeBy(responses.retrieve(repeated.id)), "response_unknown");
    await responses.delete(first.id);
    assert.equal(await codeBy(responses.create(next)), "response_unknown");
    const third = await responses.create({ ...next, previous_response_id: second.id });
    assert.equal(await codeBy(responses.retrieve(third.id)), "response_unknown");
  });

  test("keeps no prompt, no key and no idempotency key on disk", () => {
    const home = join(network.home, "gateway");
    for (const name of readdirSync(home)) {
      const bytes = readFileSync(join(home, name)).toString("latin1");
      assert.ok(!bytes.includes(canary), name);
    }
    assert.ok(!network.log.join("").includes(canary));
  });

  test("asks for keys once there are any, and holds them to budget, pace and what is theirs", async () => {
    const store = openStore(join(network.home, "gateway", "gateway.db"), [
      ...ledgerMigrations,
      ...gatewayMigrations,
    ]);
    const keys = new ApiKeys(store, Date.now);
    const make = (changes: object): { readonly id: string; readonly text: string } =>
      keys.create({
        name: "n",
        isAdmin: false,
        budget: undefined,
        period: "day",
        requestsPerMinute: undefined,
        ...changes,
      });
    const member = make({ budget: nanotons(1n) });
    const paced = make({ requestsPerMinute: 1 });
    const admin = make({ isAdmin: true });
    const clientOf = (key: { readonly text: string }): OpenAI =>
      new OpenAI({ baseURL: `${baseOf(gateway)}/v1`, apiKey: key.text, maxRetries: 0 });

    assert.equal(
      await codeBy(openaiOf(gateway).chat.completions.create(goodRequest)),
      "key_refused",
    );
    assert.equal(await codeBy(openaiOf(gateway).models.list()), "key_refused");
    assert.equal((await fetch(`${baseOf(gateway)}/healthz`)).status, 200);

    await clientOf(member).chat.completions.create(goodRequest);
    const spent = clientOf(member).chat.completions.create(goodRequest);
    assert.equal(await codeBy(spent), "budget_exhausted");

    await clientOf(paced).chat.completions.create(goodRequest);
    await assert.rejects(clientOf(paced).chat.completions.create(goodRequest), (error: unknown) => {
      assert.ok(error instanceof RateLimitError && error.code === "rate_limited");
      const waitSeconds = Number(error.headers.get("retry-after"));
      return waitSeconds > 0 && waitSeconds <= 60;
    });

    const see = async (key: { readonly text: string }, path: string): Promise<Response> =>
      fetch(`${baseOf(gateway)}${path}`, { headers: { "x-api-key": key.text } });
    const countOf = async (key: { readonly text: string }): Promise<number> => {
      const text = await (await see(key, "/v1/receipts")).text();
      return [...text.matchAll(/"amountNanotons"/g)].length;
    };
    assert.equal(await countOf(member), 1);
    assert.ok((await countOf(admin)) > 2);
    assert.equal((await refusalIn(await see(member, "/v1/channels"))).code, "key_forbidden");
    assert.equal((await see(admin, "/v1/channels")).status, 200);

    keys.revoke(admin.id);
    assert.equal((await refusalIn(await see(admin, "/v1/channels"))).code, "key_refused");
    store.close();
    const database = readFileSync(join(network.home, "gateway", "gateway.db")).toString("latin1");
    assert.ok(!database.includes(member.text));
  });
});
