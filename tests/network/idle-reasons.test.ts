// Each fault that keeps work away from a worker names its own reason, and is forgotten when it is mended.

import { CocoonError, type IdleCode, nanotons } from "@cocoon/protocol";
import { createLogger, type WorkerConfig, WorkerMonitor } from "@cocoon/services";
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { openDesk } from "../../packages/cli/src/worker/desk.ts";
import { hostWorker } from "../../packages/cli/src/worker/host.ts";
import { backendModel, type FakeBackend, startFakeBackend } from "./fake-backend.ts";
import { createNetwork, modelName, type Network, waitFor } from "./harness.ts";
import { ScriptedEngine } from "./scripted-engine.ts";

const ton = 1_000_000_000n;
const days = 86_400_000;
/** Nobody listens at the discard port. */
const closedPort = 9;

type Hosted = { readonly monitor: WorkerMonitor; readonly stop: () => Promise<void> };

suite("a worker that gets no work", () => {
  let network: Network;
  let backend: FakeBackend;
  const hosted: Hosted[] = [];

  function configOf(name: string, changes: Partial<WorkerConfig> = {}): WorkerConfig {
    return {
      home: join(network.home, name),
      network: network.config,
      model: modelName,
      engine: { kind: "http", baseUrl: backend.baseUrl, backendModel },
      price: { promptPerMillion: nanotons(1n), completionPerMillion: nanotons(1n) },
      slots: 2,
      tickMs: 10,
      creditWindowNanotons: nanotons(ton),
      settle: { thresholdNanotons: nanotons(ton), intervalMs: 60_000 },
      ...changes,
    };
  }

  const monitorOf = () =>
    new WorkerMonitor({ networkId: network.config.networkId, now: () => Date.now() });

  /** As cocoon worker runs it. */
  async function host(config: WorkerConfig): Promise<Hosted> {
    const monitor = monitorOf();
    const logger = createLogger({ role: "worker", destination: { write: () => undefined } });
    const stopping = new AbortController();
    const modules = { chain: network.chain, logger, monitor };
    const desk = await openDesk(config, modules);
    const running = hostWorker(config, { ...modules, desk, signal: stopping.signal }).catch(
      (error: unknown) => {
        assert.ok(error instanceof CocoonError && error.code === "cancelled", String(error));
      },
    );
    const stop = async (): Promise<void> => {
      stopping.abort();
      await running;
      await desk.close();
    };
    hosted.push({ monitor, stop });
    return { monitor, stop };
  }

  const said = (monitor: WorkerMonitor, code: IdleCode): Promise<unknown> =>
    waitFor(`the reason is ${code}, not ${JSON.stringify(monitor.report().reasons)}`, () =>
      monitor.report().reasons.some((reason) => reason.code === code),
    );

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    backend = await startFakeBackend();
  });
  after(async () => {
    await Promise.all(hosted.map(({ stop }) => stop()));
    await backend.close();
    await network.stop();
  });

  test("no engine: said at the start, and again when it goes away; offered as soon as it is back", async () => {
    const own = await startFakeBackend();
    own.isAway = true;
    const { baseUrl } = own;
    const engine = { kind: "http", baseUrl, backendModel } as const;
    const { monitor, stop } = await host(configOf("no-engine", { engine }));
    await said(monitor, "no_engine");
    assert.equal(monitor.report().activity, "blocked");
    own.isAway = false;
    await said(monitor, "no_demand");
    assert.equal(monitor.report().activity, "idle");
    assert.equal(monitor.report().proxies[0]?.phase, "offered");
    own.isAway = true;
    await said(monitor, "no_engine");
    assert.equal(monitor.report().proxies[0]?.phase, "withdrawn");
    own.isAway = false;
    await said(monitor, "no_demand");
    await stop();
    await own.close();
  });

  test("an engine that does not count its tokens", async () => {
    const own = await startFakeBackend();
    own.reportsUsage = false;
    const engine = { kind: "http", baseUrl: own.baseUrl, backendModel } as const;
    const { monitor, stop } = await host(configOf("no-usage", { engine }));
    await said(monitor, "engine_without_usage");
    own.reportsUsage = true;
    await said(monitor, "no_demand");
    await stop();
    await own.close();
  });

  test("a model that the root contract does not list", async () => {
    const { monitor } = await host(configOf("unlisted", { model: "unlisted" }));
    await said(monitor, "model_not_allowed");
  });

  test("a price above what the root contract allows", async () => {
    const price = { promptPerMillion: nanotons(1n), completionPerMillion: nanotons(2n * ton) };
    const { monitor } = await host(configOf("dear", { price }));
    await said(monitor, "price_too_high");
    assert.equal(monitor.report().reasons[0]?.detail, "price_above_cap");
  });

  test("no bond, where the tier needs one", async () => {
    const { monitor } = await host(configOf("bondless", { attester: { kind: "open" } }));
    await said(monitor, "no_bond");
  });

  test("a clock that is days behind", async () => {
    const now = () => Date.now() - 3 * days;
    const monitor = monitorOf();
    const scripted = new ScriptedEngine(1);
    const worker = await network.startWorker("late", { now, monitor, scripted });
    await said(monitor, "clock_wrong");
    await worker.close();
  });

  test("a proxy that cannot be reached", async () => {
    const { config } = network;
    const proxies = config.proxies.map(({ bond }) => {
      return { bond, via: { host: "127.0.0.1", port: closedPort } };
    });
    const { monitor } = await host(configOf("far", { network: { ...config, proxies } }));
    await said(monitor, "proxy_unreachable");
  });

  test("no proxy at all", async () => {
    const alone = { ...network.config, proxies: [] };
    const { monitor } = await host(configOf("alone", { network: alone }));
    await said(monitor, "proxy_unknown");
  });
});
