import { environment, readGatewayConfig, runGateway } from "@cocoon/services";
import { profilesOf } from "../network/trust.ts";
import { openChain } from "./chain.ts";
import type { PrepareRole } from "./role.ts";

export const prepareGateway: PrepareRole = async (json, logger) => {
  const config = readGatewayConfig(json);
  const { network } = config;
  const { passphrase, otlpEndpoint } = environment();
  return {
    discard: () => Promise.resolve(),
    start: async () => {
      const gateway = await runGateway(config, {
        chain: openChain(network, logger),
        profiles: await profilesOf(network.networkId),
        logger,
        now: Date.now,
        passphrase,
        otlpEndpoint,
      });
      return { facts: { port: gateway.port }, failed: gateway.failed, close: gateway.close };
    },
  };
};
