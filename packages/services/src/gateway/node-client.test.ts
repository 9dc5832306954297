import { nanotons, publicProfiles } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { openNodeClient } from "./node-client.ts";

const home = "/nowhere/client";
const options = { home, depositNanotons: nanotons(1n), profiles: publicProfiles };
const network = {
  networkId: -3,
  endpoints: ["https://testnet.example/api/v2/jsonRPC"],
  root: `0:${"ab".repeat(32)}`,
  proxies: [],
};

test("openNodeClient() refuses what describes no network, and leaves nothing behind", async () => {
  const strange = [undefined, [], {}, { ...network, endpoints: [] }, { ...network, root: "EQ" }];
  for (const one of [...strange, { ...network, networkId: -239 }, network]) {
    await assert.rejects(openNodeClient({ ...options, network: one }), { code: "option_invalid" });
  }
  assert.ok(!existsSync(home));
});
