// Unmodified clients against a running network; what they do is what docs/compatibility.md says.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { aiSdkChecks } from "./ai-sdk.ts";
import { anthropicChecks } from "./anthropic.ts";
import { createNetwork, type Network } from "../network/harness.ts";
import { joined } from "../network/rig.ts";
import type { Check } from "./check.ts";
import { cocoonProviderChecks } from "./cocoon-provider.ts";
import { Seen } from "./columns.ts";
import { langchainChecks } from "./langchain.ts";
import { openaiChecks } from "./openai.ts";

const checksOf: readonly (readonly [string, (base: string) => readonly Check[]])[] = [
  ["openai", (base) => openaiChecks({ baseURL: `${base}/v1` })],
  ["@ai-sdk/openai", (base) => aiSdkChecks({ baseURL: `${base}/v1` })],
  ["@cocoon/sdk/ai-sdk", (base) => cocoonProviderChecks({ baseUrl: `${base}/v1` })],
  ["@langchain/openai", langchainChecks],
  ["@anthropic-ai/sdk", anthropicChecks],
];

suite("unmodified clients", () => {
  const seen = new Seen();
  let network: Network;
  let base = "";

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1");
    const gateway = await network.startGateway();
    await joined(gateway, 1);
    base = `http://127.0.0.1:${gateway.port}`;
  });
  after(() => network.stop());

  for (const [client, checks] of checksOf) {
    // The features are known before the network is.
    for (const [index, [feature]] of checks("http://127.0.0.1:1").entries()) {
      test(`${client}: ${feature}`, async () => {
        const [, show] = checks(base)[index] ?? [];
        assert.ok(show !== undefined);
        seen.record(client, feature, (await show()) ?? "yes");
      });
    }
  }

  test("docs/compatibility.md says what was seen", () => {
    if (process.env["COCOON_WRITE_COMPATIBILITY"] === "1") seen.write("gateway");
    else seen.assertIs("gateway");
  });
});
