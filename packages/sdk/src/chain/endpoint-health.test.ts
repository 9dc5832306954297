import assert from "node:assert/strict";
import { test } from "node:test";
import { EndpointHealth } from "./endpoint-health.ts";

test("EndpointHealth rests twice as long after each failure in a row, a minute at most", () => {
  const health = new EndpointHealth();
  assert.equal(health.restsUntilMs, 0);
  const rests: number[] = [];
  for (let failure = 0; failure < 8; failure += 1) {
    health.failed(5_000);
    rests.push(health.restsUntilMs - 5_000);
  }
  assert.deepEqual(rests, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  health.succeeded();
  assert.equal(health.restsUntilMs, 0);
  health.failed(0);
  assert.equal(health.restsUntilMs, 1_000);
});
