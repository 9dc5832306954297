// The web page of a local network: the app that was built, and where it finds the network.

import { createLogger, type HttpServer, serveSite } from "@cocoon/services";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { NetworkPlan } from "./plan.ts";

const folder = fileURLToPath(new URL("../../../web/dist/site/", import.meta.url));

/** It shows Mini Apps in a frame; Telegram's own apps have no frame around them. */
const telegramWeb = "https://web.telegram.org";

/**
 * Serves the page until it is closed; undefined where none was built. With the link of a Mini App, Telegram Web may show it.
 * Throws option_invalid when the port is taken.
 */
export async function openPage(
  plan: NetworkPlan,
  telegramUrl?: string,
): Promise<HttpServer | undefined> {
  if (!existsSync(folder)) return undefined;
  const { host, ports } = plan;
  const made = {
    "network.json": fileOf({ ...describe(plan), telegramUrl }),
    "tonconnect-manifest.json": fileOf(manifestOf(`http://${host}:${ports.page}`)),
  };
  const logger = createLogger({ role: "page", destination: { write: () => undefined } });
  const framedBy = telegramUrl === undefined ? [] : [telegramWeb];
  return await serveSite({ folder, made, host, port: ports.page, framedBy, logger });
}

function fileOf(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** What a wallet shows of the page that wants to connect, as TON Connect has it: it fetches these addresses itself. */
function manifestOf(url: string): object {
  return { url, name: "Cocoon", iconUrl: `${url}/icon.png` };
}

/** What a page is told: all of it is public. Everything else it reads from the chain, and from the proxies' logs. */
function describe({ host, network, ports, proxyBond }: NetworkPlan): object {
  const { endpoints, networkId, root } = network;
  const proxies = [{ bond: proxyBond, url: `http://${host}:${ports.log}` }];
  return { networkId, root, endpoints, proxies };
}
