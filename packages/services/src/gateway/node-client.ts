// A client inside a Node program: all that a gateway is, but the server. Nobody but the program itself reaches it.

import { JsonReader, type RawAddress, tierDefault, type TrustProfile } from "@cocoon/protocol";
import {
  baseUrl,
  type Cocoon,
  createApi,
  createChainClient,
  createFetch,
  stoppableClient,
} from "@cocoon/sdk";
import { type GatewayConfig, readNetwork, requireSafeNetwork } from "../config/index.ts";
import { createLogger, type Logger } from "../observe/index.ts";
import type { AnswerStore } from "./answer-store.ts";
import { assemble, startUpkeep } from "./run.ts";

export type NodeClientOptions = Pick<
  GatewayConfig,
  "home" | "depositNanotons" | "budgetNanotons" | "privacy" | "recipientsMax" | "keepsResponses"
> &
  Partial<Pick<GatewayConfig, "tier" | "closeTimeoutSeconds">> & {
    /** The JSON of a network.json. */
    readonly network: unknown;
    /** Whose evidence counts. */
    readonly profiles: readonly TrustProfile[];
    /** Opens the keystore, where the network needs one. */
    readonly passphrase?: string;
    /** How long a request waits for a session with any proxy; the first waits for a channel too. Default 30 s. */
    readonly patienceMs?: number;
    /** Default: nothing is logged. */
    readonly logger?: Logger;
  };

export type NodeClient = {
  /** To hand to the `openai` package or the AI SDK, with `baseUrl` as base URL. It sends nothing over HTTP. */
  readonly fetch: typeof fetch;
  readonly baseUrl: string;
  /** The same without HTTP's shapes. */
  readonly cocoon: Cocoon;
  /** Receipts, and all that proves them. */
  readonly answers: AnswerStore;
  /** Of the wallet that pays for channels: deposits and fees have to be there before the first question. */
  readonly address: RawAddress;
  /** Pays what is owed, and closes the database. */
  readonly close: () => Promise<void>;
};

const requestTimeoutMs = 10_000;
const pollMs = 500;
const closeTimeoutSecondsDefault = 86_400;

/** Opens a client whose keys and receipts are in `home`. Throws chain_*, network_mismatch, storage_* and option_invalid. */
export async function openNodeClient(options: NodeClientOptions): Promise<NodeClient> {
  const { profiles, passphrase, patienceMs, logger = createLogger(silent), ...rest } = options;
  const network = readNetwork(new JsonReader(options.network, "option_invalid"));
  requireSafeNetwork(network, profiles);
  const { tier = tierDefault, closeTimeoutSeconds = closeTimeoutSecondsDefault } = options;
  const config = { ...rest, network, tier, closeTimeoutSeconds, ...unreachable };
  const stopping = new AbortController();
  const chain = stoppableClient(
    createChainClient({ ...network, requestTimeoutMs, pollMs }),
    stopping.signal,
  );
  const gateway = await assemble(config, {
    chain,
    profiles,
    passphrase,
    logger,
    now: Date.now,
    ...(patienceMs !== undefined && { patienceMs }),
  });
  const stop = startUpkeep(gateway);
  const { answers, cocoon, kept, sessions, wallet, witnesses } = gateway;
  const session = () => sessions.current;
  const api = createApi({ answers, cocoon, kept, network, session, tier, witnesses });
  return {
    fetch: createFetch(api),
    baseUrl,
    cocoon,
    answers,
    address: wallet.address,
    close: async () => {
      stopping.abort();
      await stop();
    },
  };
}

const silent = { role: "client", destination: { write: () => undefined } };
/** Of a server that there is none of. */
const unreachable = { host: "127.0.0.1", port: 0, bodyBytesMax: 0 };
