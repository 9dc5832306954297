// One role in a process of its own, as the command line composes it; the parent sends what it is and hears its port.

import { createSimulatedVendor, simulatedProfile } from "@cocoon/devnet";
import { primitives, toHex, utf8 } from "@cocoon/protocol";
import { createChainClient } from "@cocoon/sdk";
import {
  createHttpEngine,
  createLogger,
  type GatewayConfig,
  type ProxyConfig,
  runGateway,
  runProxy,
  runWorker,
  type WorkerConfig,
} from "@cocoon/services";
import { Session } from "node:inspector/promises";

export type RoleMessage =
  | { readonly role: "proxy"; readonly config: ProxyConfig }
  | {
      readonly role: "worker";
      readonly config: WorkerConfig;
      readonly manifestHash: string;
      readonly image: string;
      readonly contextTokens: number;
    }
  | { readonly role: "gateway"; readonly config: GatewayConfig };

/** What a role that is up is told: to profile itself until it is told to stop, and then to say what it saw. */
export type ProfileMessage = { readonly profile: "start" | "stop" };

/** Microseconds between two samples. */
const samplingInterval = 3_000;

process.once("message", (message: RoleMessage) => {
  const session = new Session();
  process.on("message", (more: ProfileMessage) => {
    void profile(session, more).then((seen) => process.send?.(seen));
  });
  void start(message).then((port) => process.send?.({ port }));
});
for (const end of ["disconnect", "SIGTERM"]) process.once(end, () => process.exit());

async function profile(session: Session, message: ProfileMessage): Promise<object> {
  if (message.profile === "stop") return (await session.post("Profiler.stop")).profile;
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: samplingInterval });
  await session.post("Profiler.start");
  return {};
}

async function start(message: RoleMessage): Promise<number> {
  const { networkId, endpoints } = message.config.network;
  const modules = {
    chain: createChainClient({ endpoints, networkId, requestTimeoutMs: 10_000, pollMs: 100 }),
    profiles: [simulatedProfile],
    logger: createLogger({ role: message.role, level: "warn" }),
    now: Date.now,
  };
  if (message.role === "proxy") {
    return (await runProxy(message.config, { ...modules, random: Math.random })).port;
  }
  if (message.role === "gateway") return (await runGateway(message.config, modules)).port;
  const { config, manifestHash, image, contextTokens } = message;
  if (config.engine.kind !== "http") throw new RangeError("an engine behind HTTP");
  const { baseUrl, backendModel } = config.engine;
  const { model: modelId, slots } = config;
  const vendor = await createSimulatedVendor({ nowMs: Date.now });
  await runWorker(config, {
    ...modules,
    attester: vendor.attester(image),
    engine: createHttpEngine({ baseUrl, model: backendModel, modelId, slots, contextTokens }),
    manifestHash,
    engineHash: toHex(primitives.sha256(utf8("mock"))),
  });
  return 0;
}
