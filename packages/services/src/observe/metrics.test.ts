import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "./metrics.ts";

test("text() writes counters, gauges and histograms as Prometheus reads them", () => {
  const metrics = new Metrics();
  const requests = metrics.counter("requests_total", "Requests");
  requests.add(1, { code: "ok" });
  requests.add(2, { code: "ok" });
  metrics.gauge("ready", "Ready", () => [{ labels: {}, value: 1 }]);
  const seconds = metrics.histogram("seconds", "Seconds");
  for (const value of [0.01, 0.3, 500]) seconds.observe(value);
  const text = metrics.text();
  assert.match(text, /^# HELP requests_total Requests\n# TYPE requests_total counter\n/);
  assert.match(text, /\nrequests_total\{code="ok"\} 3\n/);
  assert.match(text, /\n# TYPE ready gauge\nready 1\n/);
  assert.match(text, /\nseconds_bucket\{le="0.02"\} 1\n/);
  assert.match(text, /\nseconds_bucket\{le="120"\} 2\nseconds_bucket\{le="\+Inf"\} 3\n/);
  assert.match(text, /\nseconds_sum 500.31\nseconds_count 3\n/);
});

test("a label holds no text that somebody wrote, and no more values than its limit", () => {
  const metrics = new Metrics();
  const counter = metrics.counter("c", "C");
  counter.add(1, { code: 'tell me about "xylophones"\n' });
  for (let index = 0; index < 2_000; index += 1) counter.add(1, { code: `c${index}` });
  const text = metrics.text();
  assert.ok(!text.includes("xylophones"));
  assert.ok(text.split("\n").length < 1_100);
});
