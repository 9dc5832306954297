import { environment, readProxyConfig, runProxy } from "@cocoon/services";
import { profilesOf } from "../network/trust.ts";
import { openChain } from "./chain.ts";
import type { PrepareRole } from "./role.ts";

export const prepareProxy: PrepareRole = async (json, logger) => {
  const config = readProxyConfig(json);
  const { network } = config;
  return {
    discard: () => Promise.resolve(),
    start: async () => {
      const proxy = await runProxy(config, {
        chain: openChain(network, logger),
        profiles: await profilesOf(network.networkId),
        logger,
        now: Date.now,
        passphrase: environment().passphrase,
        random: Math.random,
      });
      return { facts: { port: proxy.port }, failed: proxy.failed, close: proxy.close };
    },
  };
};
