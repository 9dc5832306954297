// What a proxy tells anyone who asks. All of it is public: the chain, the log and the market.

import { encodeJsonMessage, type RawAddress } from "@cocoon/protocol";
import type { ReceiptLog } from "../log/index.ts";
import type { Proxy } from "./run.ts";
import type { WorkerDirectory } from "./workers.ts";

export type NetworkStatus = {
  readonly networkId: number;
  readonly bond: RawAddress;
  readonly feeBps: number;
  readonly logSize: number;
  readonly anchoredSize: number;
  readonly workers: readonly WorkerStatus[];
};

export type WorkerStatus = {
  /** Worker id, hex. */
  readonly worker: string;
  /** Names its evidence, hex. */
  readonly claimsHash: string;
  readonly tier: string;
  /** Manifest hash, hex. */
  readonly model: string;
  readonly promptPerMillion: bigint;
  readonly completionPerMillion: bigint;
  readonly active: number;
  readonly slots: number;
  readonly contextTokens: number;
  readonly capabilities: readonly string[];
  readonly tokensPerSecond?: number;
};

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

export function encodeStatus(modules: StatusModules): Uint8Array {
  return encodeJsonMessage("status", networkStatus(modules));
}

export function networkStatus({ log, directory, ...fixed }: StatusModules): NetworkStatus {
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
