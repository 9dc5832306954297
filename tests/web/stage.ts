// A whole network of this process with the built app in front of it, and somebody who visits.

import { createLogger, type HttpServer, type RunningProxy, serveSite } from "@cocoon/services";
import { makeSite, siteFolder } from "../../packages/web/tools/site.ts";
import { createNetwork, type Network } from "../network/harness.ts";
import { type Visitor, visit } from "./visitor.ts";

export type Stage = {
  readonly network: Network;
  readonly proxy: RunningProxy;
  readonly visitor: Visitor;
  /** Where the app is, with a slash at its end. */
  readonly base: string;
  readonly leave: () => Promise<void>;
};

/** One proxy, no worker yet. */
export async function setStage(): Promise<Stage> {
  await makeSite();
  const network = await createNetwork();
  const proxy = await network.startProxy({ logPort: 0 });
  const site = await serve(network, proxy);
  const visitor = await visit();
  return {
    network,
    proxy,
    visitor,
    base: `http://127.0.0.1:${site.port}/`,
    leave: async () => {
      await visitor.leave();
      await site.close(0);
      await network.stop();
    },
  };
}

async function serve(network: Network, proxy: RunningProxy): Promise<HttpServer> {
  const { config, devnet } = network;
  const description = {
    networkId: config.networkId,
    root: config.root,
    endpoints: [devnet.url],
    proxies: [{ bond: config.proxies[0]?.bond, url: `http://127.0.0.1:${proxy.logPort}` }],
  };
  const made = {
    "network.json": JSON.stringify(description),
    "tonconnect-manifest.json": JSON.stringify({ url: "http://127.0.0.1", name: "Cocoon" }),
  };
  const logger = createLogger({ role: "page", destination: { write: () => undefined } });
  return await serveSite({ folder: siteFolder, made, host: "127.0.0.1", port: 0, logger });
}
