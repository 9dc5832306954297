import assert from "node:assert/strict";
import { test } from "node:test";
import { spanInside, spanWithin, Tracer } from "./tracer.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

test("spanWithin() goes on with a valid traceparent, and begins a trace for any other", () => {
  const { context, parentSpanId } = spanWithin(`00-${trace}-${parent}-01`);
  assert.deepEqual([context.traceId, parentSpanId], [trace, parent]);
  assert.match(context.spanId, /^[0-9a-f]{16}$/);
  assert.equal(spanInside(context).parentSpanId, context.spanId);
  const zero = `00-${"0".repeat(32)}-${parent}-01`;
  for (const bad of [
    undefined,
    "",
    "tell me",
    `00-${trace}`,
    zero,
    `00-${trace}-${"0".repeat(16)}-01`,
  ]) {
    const begun = spanWithin(bad);
    assert.equal(begun.parentSpanId, undefined, bad);
    assert.match(begun.context.traceId, /^[0-9a-f]{32}$/);
    assert.notEqual(begun.context.traceId, trace);
  }
});

test("flush() sends OTLP in JSON, and holds back what a log would", async () => {
  const sent: string[] = [];
  const failures: unknown[] = [];
  const tracer = new Tracer({
    endpoint: "http://collector:4318/",
    serviceName: "cocoon-gateway",
    onFailed: (error) => failures.push(error),
    fetch: (url, init) => {
      assert.ok(typeof url === "string" && typeof init?.body === "string");
      sent.push(`${url} ${init.body}`);
      return Promise.resolve(new Response("{}", { status: sent.length === 1 ? 200 : 400 }));
    },
  });
  await tracer.flush();
  assert.deepEqual(sent, []);
  const span = {
    ...spanWithin(`00-${trace}-${parent}-01`),
    startedAtMs: 1_000.5,
    endedAtMs: 2_000,
  };
  const fields = { receiptId: "ab", promptTokens: 3, tier: "tell me about xylophones" };
  tracer.record("ask", { ...span, kind: "server", fields, failure: "no_worker" });
  await tracer.flush();
  const [url, body = ""] = (sent[0] ?? "").split(/ (.*)/s);
  assert.equal(url, "http://collector:4318/v1/traces");
  assert.match(body, /"traceId":"0af7651916cd43dd8448eb211c80319c"/);
  assert.match(body, /"startTimeUnixNano":"1000500000","endTimeUnixNano":"2000000000"/);
  assert.match(body, /"key":"promptTokens","value":\{"intValue":"3"\}/);
  assert.match(body, /"status":\{"code":2,"message":"no_worker"\}/);
  assert.ok(!body.includes("xylophones"));
  tracer.record("ask", span);
  await tracer.flush();
  assert.equal(failures.length, 1);
});
