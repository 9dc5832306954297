import {
  type JsonReader,
  type Nanotons,
  type Price,
  type RawAddress,
  readPrice,
} from "@cocoon/protocol";
import { type AttesterConfig, readAttester } from "./attester.ts";
import { readCount } from "./bounds.ts";
import { type NetworkConfig, readNetwork, readUrl } from "./network.ts";
import { readSettlePolicy, type SettlePolicy } from "./proxy.ts";

/** What runs the model: in a child of the worker, or a server on this host. */
export type EngineConfig =
  | { readonly kind: "llama"; readonly modelPath: string }
  | { readonly kind: "http"; readonly baseUrl: string; readonly backendModel: string };

export type WorkerConfig = {
  /** Directory of keys.json and worker.db. */
  readonly home: string;
  readonly network: NetworkConfig;
  /** Name of the model in the root contract. */
  readonly model: string;
  readonly engine: EngineConfig;
  /** Optional. Default: simulated on a devnet, this machine's TEE elsewhere. */
  readonly attester?: AttesterConfig;
  /** What it asks per million tokens. */
  readonly price: Price;
  /** Requests run at once. */
  readonly slots: number;
  /** Answer frames leave this often, so that their timing says little about tokens. */
  readonly tickMs: number;
  /** How much a proxy may owe before no more work is done for it. */
  readonly creditWindowNanotons: Nanotons;
  readonly settle: SettlePolicy;
  /** Its WorkerBond contract, whose key is in bond-keys.json of the home. Optional. Default: it has none. */
  readonly bond?: RawAddress;
};

export function readWorkerConfig(json: JsonReader): WorkerConfig {
  return {
    home: json.string("home"),
    network: readNetwork(json.object("network")),
    model: json.string("model", 64),
    engine: readEngine(json.object("engine")),
    ...(json.has("attester") && { attester: readAttester(json.object("attester")) }),
    price: readPrice(json.object("price")),
    slots: readCount(json, "slots", 4_096),
    tickMs: readCount(json, "tickMs", 10_000),
    creditWindowNanotons: json.nanotons("creditWindowNanotons"),
    settle: readSettlePolicy(json.object("settle")),
    ...(json.has("bond") && { bond: json.address("bond") }),
  };
}

function readEngine(json: JsonReader): EngineConfig {
  const kind = json.oneOf("kind", ["llama", "http"]);
  if (kind === "llama") return { kind, modelPath: json.string("modelPath") };
  return {
    kind,
    baseUrl: readUrl(json.string("baseUrl")),
    backendModel: json.string("backendModel"),
  };
}
