// Mainnet is configuration only, and takes nothing that is simulated. No test here reaches a network.

import { simulatedProfile } from "@cocoon/devnet";
import { CocoonError, JsonReader } from "@cocoon/protocol";
import { createChainClient } from "@cocoon/sdk";
import {
  createLogger,
  readGatewayConfig,
  readProxyConfig,
  runGateway,
  runProxy,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { test } from "node:test";

const address = `0:${"ab".repeat(32)}`;
const network = {
  networkId: -239,
  allowMainnet: true,
  endpoints: ["https://toncenter.com/api/v2/jsonRPC"],
  root: address,
  proxies: [{ host: "h", port: 1, bond: address, publicKey: "ab".repeat(32), payout: address }],
};
const gateway = {
  home: "nowhere",
  network,
  host: "127.0.0.1",
  port: 0,
  tier: "confidential",
  depositNanotons: "1",
  closeTimeoutSeconds: 86_400,
  bodyBytesMax: 1,
};
const proxy = {
  home: "nowhere",
  network,
  host: "127.0.0.1",
  port: 0,
  bond: address,
  feeBps: 100,
  creditWindowNanotons: "1",
  workerDepositNanotons: "1",
  closeTimeoutSeconds: 86_400,
  checkpointMs: 1_000,
  anchorMs: 600_000,
  payMs: 1_000,
  settle: { thresholdNanotons: "1", intervalMs: 1_000 },
};

const read = <Config>(reader: (json: JsonReader) => Config, fields: object): Config =>
  reader(new JsonReader(structuredClone(fields), "option_invalid"));
const isRefused = (error: unknown): boolean =>
  error instanceof CocoonError && error.code === "option_invalid";

test("configurations for mainnet need allowMainnet", () => {
  const slip = { ...network, allowMainnet: false };
  assert.throws(() => read(readGatewayConfig, { ...gateway, network: slip }), isRefused);
  assert.throws(() => read(readProxyConfig, { ...proxy, network: slip }), isRefused);
  assert.equal(read(readGatewayConfig, gateway).network.networkId, -239);
  assert.equal(read(readProxyConfig, proxy).network.networkId, -239);
});

test("runGateway() and runProxy() refuse simulated evidence on mainnet before they ask anybody", async () => {
  const endpoints = ["http://127.0.0.1:9/api/v2/jsonRPC"];
  const modules = {
    chain: createChainClient({ endpoints, networkId: -239, requestTimeoutMs: 1 }),
    profiles: [simulatedProfile],
    logger: createLogger({ role: "gateway", destination: { write: () => undefined } }),
    now: Date.now,
    random: Math.random,
  };
  await assert.rejects(runGateway(read(readGatewayConfig, gateway), modules), isRefused);
  await assert.rejects(runProxy(read(readProxyConfig, proxy), modules), isRefused);
});
