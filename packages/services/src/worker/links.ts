// A worker's connections to its proxies: one to each, dialed again whenever it is lost.

import { CocoonError, type ErrorCode, type Keyring, type RawAddress } from "@cocoon/protocol";
import { channelAddress } from "@cocoon/contracts";
import {
  type BondedProxy,
  createProxySource,
  maintain,
  type Maintained,
  type Peer,
} from "@cocoon/sdk";
import { attachIncomingChannel } from "../channels/index.ts";
import type { ProxyAddress } from "../config/index.ts";
import { errorFields, startTicker } from "../observe/index.ts";
import { dial } from "../transport/index.ts";
import { type JobModules, serveJob } from "./job.ts";
import { type LinkModules, runLink } from "./link.ts";
import type { Worker } from "./worker.ts";

/** A proxy that was away for long gets its workers back within this. */
const redialMaxMs = 5_000;
/** How often the bond of a proxy is looked at. */
const reviewMs = 10_000;
/** A new key is announced this long before the old one stops being offered. */
const keyCheckMs = 60_000;

/** Dials a proxy and serves it, again and again until the worker stops. */
export async function keepLink(
  worker: Worker,
  jobs: JobModules,
  proxy: ProxyAddress,
  takeAll: () => Promise<void>,
): Promise<void> {
  const { config, identity, logger, monitor, stopping } = worker;
  const { bond, via } = proxy;
  monitor.link(bond, "connecting");
  const standing = createProxySource({
    client: worker.chain,
    bond,
    params: async () => (await worker.policy()).params,
    now: worker.now,
  });
  const links = new Set<Promise<void>>();
  const kept = maintain({
    signal: stopping.signal,
    dial: async (signal) => {
      const { host, port, publicKey } = await standing();
      return await dial({
        host: via?.host ?? host,
        port: via?.port ?? port,
        expectPublicKey: publicKey,
        identity: identity.key,
        role: "worker",
        networkId: config.network.networkId,
        rootAddress: config.network.root,
        signal,
      });
    },
    onConnected: (peer) => {
      logger.event("proxy_connected", { contract: bond });
      monitor.link(bond, "connecting");
      const link = serveLink(worker, jobs, { bond, peer });
      links.add(link);
      void link.finally(() => links.delete(link));
    },
    onFailed: ({ code }) => {
      monitor.link(bond, "unreachable", code);
      logger.warn("proxy_unreachable", { code, contract: bond });
    },
    delayMaxMs: redialMaxMs,
  });
  const review = startTicker(
    reviewMs,
    async () => {
      if (await leaveUnbonded(worker, standing, kept)) await takeAll();
    },
    ignore,
  );
  await kept.stopped;
  await review.stop();
  await Promise.all(links);
}

/** What a look at the chain failed of is looked at again. */
const ignore = (): void => undefined;

/** No work is done for a proxy that does not stand behind its word any more. Whether one was just left. */
async function leaveUnbonded(
  { logger }: Worker,
  standing: () => Promise<BondedProxy>,
  kept: Maintained,
): Promise<boolean> {
  try {
    await standing();
    return false;
  } catch (error) {
    if (!(error instanceof CocoonError) || error.code !== "bond_insufficient") throw error;
    if (kept.peer === undefined) return false;
    logger.warn("proxy_left", errorFields(error));
    await kept.peer.close();
    return true;
  }
}

type ProxyPeer = { readonly bond: RawAddress; readonly peer: Peer };

async function serveLink(
  worker: Worker,
  jobs: JobModules,
  { bond, peer }: ProxyPeer,
): Promise<void> {
  const { logger, monitor } = worker;
  try {
    await runLink(linkModules(worker, jobs, bond), peer);
    monitor.link(bond, "connecting");
  } catch (error) {
    const code = error instanceof CocoonError ? error.code : "internal";
    monitor.link(bond, lossCodes.has(code) ? "connecting" : "refused", code);
    logger.warn("link_lost", errorFields(error));
  } finally {
    await peer.close();
  }
}

/** A connection that broke, or a proxy that stops, is no refusal. */
const lossCodes: ReadonlySet<ErrorCode> = new Set([
  "peer_unreachable",
  "peer_timeout",
  "cancelled",
  "stopping",
]);

function linkModules(worker: Worker, jobs: JobModules, bond: RawAddress): LinkModules {
  const { config, chain, earnings, engine, evidence, keyring, ledger, logger, now, wallet } =
    worker;
  const { asking, engineWatch, monitor } = worker;
  return {
    earnings,
    logger,
    load: () => engine.load(),
    announcement: async () => {
      const { keyConfig } = await keyring.current(now());
      const [model] = engine.models;
      const ask = {
        model: worker.manifestHash,
        ...asking.current,
        contextTokens: model?.contextTokens ?? 0,
        slots: config.slots,
        capabilities: model?.capabilities ?? [],
      };
      return {
        bundle: evidence.bundle,
        keyConfig,
        asks: [ask],
        payout: wallet.address,
        ...worker.vouch(),
      };
    },
    lapse: () => evidence.lapse ?? engineWatch?.lapse,
    onOffered: () => monitor.link(bond, "offered"),
    onWithdrawn: (code) => monitor.link(bond, "withdrawn", code),
    onPaid: () => monitor.mend("proxy_owes"),
    onChanged: (listener) => {
      const timer = startTicker(keyCheckMs, keyRotation(keyring, now, listener), ignore);
      const stops = [evidence, asking, engineWatch].map((source) => source?.onChanged(listener));
      return () => {
        for (const stop of stops) stop?.();
        void timer.stop();
      };
    },
    acceptPayFrom: async (params) => {
      const channel = channelAddress(params);
      await attachIncomingChannel(chain, ledger, channel, wallet.address);
      return channel;
    },
    serveJob: (stream, payFrom) => serveJob(jobs, stream, payFrom),
  };
}

/** A task that calls back when the key to offer is another than at its last run. */
function keyRotation(
  keyring: Keyring,
  now: () => number,
  listener: () => void,
): () => Promise<void> {
  let offered: Uint8Array | undefined;
  return async () => {
    const { kid } = await keyring.current(now());
    if (offered !== undefined && offered !== kid) listener();
    offered = kid;
  };
}
