// What a worker is set up by.

import type { Nanotons, RawAddress } from "@cocoon/protocol";
import type { ChainClient } from "@cocoon/sdk";
import type { EngineGpu, Logger, NetworkConfig, WorkerMonitor } from "@cocoon/services";
import type { Terminal } from "../terminal.ts";

/** What the operator said beforehand; the rest is found, asked or proposed. */
export type Wishes = {
  readonly baseUrl: string | undefined;
  readonly weightsPath: string | undefined;
  readonly model: string | undefined;
  readonly backendModel: string | undefined;
  readonly slots: number | undefined;
  /** Of the embedded engine. */
  readonly gpu: EngineGpu | undefined;
  readonly tier: "dev" | "open" | "confidential" | undefined;
  readonly promptPrice: Nanotons | undefined;
  readonly price: Nanotons | undefined;
  readonly floor: Nanotons | undefined;
  readonly ceiling: Nanotons | undefined;
  readonly costPerHour: Nanotons | undefined;
  readonly bond: Nanotons | undefined;
  /** Not read yet. */
  readonly dispute: string | undefined;
  readonly payout: Nanotons | undefined;
  /** Nobody is asked anything. */
  readonly isSilent: boolean;
};

export type SettingUp = {
  readonly home: string;
  /** Folder of pulled weights. */
  readonly shelf: string;
  readonly network: NetworkConfig;
  readonly chain: ChainClient;
  readonly logger: Logger;
  readonly monitor: WorkerMonitor;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly wishes: Wishes;
  /** Who may cancel a verdict against the bond: as was said, or as this network has it. */
  readonly dispute: RawAddress | undefined;
};
