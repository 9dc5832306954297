// Where a proxy can be reached: one public port for nodes and the web, told apart by ALPN, and plain HTTP if wanted.

import { CocoonError } from "@cocoon/protocol";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProxyConfig } from "../config/index.ts";
import { createApp, openToPages, serveHttp, serveHttpSockets } from "../http/index.ts";
import { addLogRoutes } from "../log/index.ts";
import {
  acceptWebSockets,
  type CarrierCertificate,
  listen,
  type WelcomeOptions,
} from "../transport/index.ts";
import { addPublicRoutes } from "./public-routes.ts";
import type { Proxy } from "./proxy.ts";
import { servePeer } from "./serve.ts";
import { addIdentityRoutes } from "./worker-identities.ts";

export type Doors = {
  readonly port: number;
  /** The port of plain HTTP, if there is one. */
  readonly logPort: number | undefined;
  /** No new streams anywhere; connections close when their last stream is over. */
  readonly goAway: () => void;
  /** Closes everything now. */
  readonly close: () => Promise<void>;
};

/** Where nodes become WebSockets. */
const webSocketPath = "/wire";

/** Throws option_invalid when a port can't be had or the certificate can't be read. */
export async function openDoors(proxy: Proxy): Promise<Doors> {
  const { config, logger, store } = proxy;
  const { host, port, logPort } = config;
  const welcome = welcomeOf(proxy);
  const webSockets = acceptWebSockets(welcome);
  const upgrades = { [webSocketPath]: webSockets.upgrade };
  const app = createApp(logger, openToPages);
  addLogRoutes(app, tileFolderOf(config));
  addIdentityRoutes(app, store);
  addPublicRoutes(app, proxy);
  const http = serveHttpSockets(app, upgrades);
  const certificate = readCertificate(config);
  const listener = await listen({
    ...welcome,
    host,
    port,
    onHttp: http.take,
    ...(certificate !== undefined && { certificate }),
  });
  try {
    const plain =
      logPort === undefined ? undefined : await serveHttp(app, { host, port: logPort, upgrades });
    return {
      port: listener.port,
      logPort: plain?.port,
      goAway: () => {
        listener.goAway();
        webSockets.goAway();
      },
      close: async () => {
        await Promise.all([listener.close(), webSockets.close(), http.close(0), plain?.close(0)]);
      },
    };
  } catch (error) {
    await listener.close();
    throw error;
  }
}

export function tileFolderOf({ home }: ProxyConfig): string {
  return join(home, "log");
}

function welcomeOf(proxy: Proxy): WelcomeOptions {
  const { network } = proxy.config;
  return {
    identity: proxy.logKey,
    role: "proxy",
    networkId: network.networkId,
    rootAddress: network.root,
    onPeer: (peer) => servePeer(proxy, peer),
    onRefused: ({ code }) => proxy.logger.debug("peer_refused", { code }),
  };
}

function readCertificate({ certificate }: ProxyConfig): CarrierCertificate | undefined {
  if (certificate === undefined) return undefined;
  try {
    return {
      cert: readFileSync(certificate.certPath, "utf8"),
      key: readFileSync(certificate.keyPath, "utf8"),
    };
  } catch (cause) {
    throw new CocoonError("option_invalid", { field: "certificate" }, { cause });
  }
}
