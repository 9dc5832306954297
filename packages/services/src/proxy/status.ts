// What a proxy tells anyone who asks.

import type { ProxyStatus, RawAddress } from "@cocoon/protocol";
import type { ReceiptLog } from "../log/index.ts";
import type { Proxy } from "./proxy.ts";
import type { WorkerDirectory } from "./workers.ts";

export type StatusModules = {
  readonly networkId: number;
  readonly bond: RawAddress;
  readonly feeBps: number;
  readonly log: ReceiptLog;
  readonly directory: WorkerDirectory;
};

export function statusModules({ config, directory, log }: Proxy): StatusModules {
  const { bond, feeBps, network } = config;
  return { networkId: network.networkId, bond, feeBps, log, directory };
}

export function proxyStatus({ log, directory, ...fixed }: StatusModules): ProxyStatus {
  return {
    ...fixed,
    logSize: log.size,
    anchoredSize: log.anchoredSize,
    workers: directory.list().map((entry) => {
      return {
        worker: entry.worker,
        claimsHash: entry.claimsHash,
        tier: entry.tier,
        model: entry.model,
        promptPerMillion: entry.promptPerMillion,
        completionPerMillion: entry.completionPerMillion,
        active: entry.active,
        slots: entry.slots,
        contextTokens: entry.contextTokens,
        capabilities: entry.capabilities,
        ...(entry.tokensPerSecond !== undefined && { tokensPerSecond: entry.tokensPerSecond }),
      };
    }),
  };
}
