// A gateway's parts.

import type { TrustProfile } from "@cocoon/protocol";
import type {
  ChainClient,
  Cocoon,
  KeptResponses,
  SessionPool,
  Wallet,
  WitnessDesk,
} from "@cocoon/sdk";
import type { GatewayConfig } from "../config/index.ts";
import type { OutgoingLedger } from "../ledger/index.ts";
import type { Logger, Metrics, Tracer } from "../observe/index.ts";
import type { Store } from "../store/index.ts";
import type { AnswerStore } from "./answer-store.ts";
import type { Gate } from "./gate.ts";
import type { Observation } from "./observation.ts";
import type { Replays } from "./replays.ts";

export type GatewayModules = {
  /** Opens the keystore, where the network needs one. */
  readonly passphrase?: string | undefined;
  readonly chain: ChainClient;
  /** Whose evidence counts. */
  readonly profiles: readonly TrustProfile[];
  readonly logger: Logger;
  readonly now: () => number;
  /** How long a request waits for a session with any proxy. Default 30 s. */
  readonly patienceMs?: number;
  /** Base URL of a collector of traces, OTLP over HTTP. Default: none, and no traces. */
  readonly otlpEndpoint?: string | undefined;
};

/** Everything a gateway is made of, for the files of this room. */
export type Gateway = GatewayModules & {
  readonly config: GatewayConfig;
  readonly wallet: Wallet;
  readonly store: Store;
  readonly ledger: OutgoingLedger;
  readonly answers: AnswerStore;
  readonly sessions: SessionPool;
  readonly cocoon: Cocoon;
  readonly gate: Gate;
  readonly replays: Replays;
  /** Undefined where no responses are kept. */
  readonly kept: KeptResponses | undefined;
  readonly witnesses: WitnessDesk;
  readonly metrics: Metrics;
  readonly tracer: Tracer | undefined;
  readonly observation: Observation;
};
