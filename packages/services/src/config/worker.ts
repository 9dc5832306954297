import {
  CocoonError,
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

export const engineGpus = ["auto", "cuda", "metal", "none", "vulkan"] as const;

/** What the embedded engine runs on. Default: `auto`, the fastest that is installed, else the processor. */
export type EngineGpu = (typeof engineGpus)[number];

/** What runs the model: in a child of the worker, or a server on this host. */
export type EngineConfig =
  | { readonly kind: "llama"; readonly modelPath: string; readonly gpu?: EngineGpu }
  | { readonly kind: "http"; readonly baseUrl: string; readonly backendModel: string };

/** How far a price follows the load, in percent of itself: the floor where nothing runs, the ceiling where all slots are taken. */
export type FollowLoad = { readonly floorPercent: number; readonly ceilingPercent: number };

/** Where the worker's owner, and nobody else, asks it how it does. */
export type WorkerApiConfig = {
  /** On 127.0.0.1. 0: any free port. */
  readonly port: number;
  /** Web pages that may ask, besides those of this machine: "https://cockpit.example". */
  readonly origins: readonly string[];
};

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
  /** Optional. Default: the price stays as it is. */
  readonly priceFollowsLoad?: FollowLoad;
  /** Requests run at once. */
  readonly slots: number;
  /** Answer frames leave this often, so that their timing says little about tokens. */
  readonly tickMs: number;
  /** How much a proxy may owe before no more work is done for it. */
  readonly creditWindowNanotons: Nanotons;
  readonly settle: SettlePolicy;
  /** Its WorkerBond contract, whose key is in bond-keys.json of the home. Optional. Default: it has none. */
  readonly bond?: RawAddress;
  /** Optional. Default: nobody is told anything but the log. */
  readonly api?: WorkerApiConfig;
};

const percentMax = 10_000;
const originsMax = 16;

export function readWorkerConfig(json: JsonReader): WorkerConfig {
  return {
    home: json.string("home"),
    network: readNetwork(json.object("network")),
    model: json.string("model", 64),
    engine: readEngine(json.object("engine")),
    ...(json.has("attester") && { attester: readAttester(json.object("attester")) }),
    price: readPrice(json.object("price")),
    ...(json.has("priceFollowsLoad") && {
      priceFollowsLoad: readFollowLoad(json.object("priceFollowsLoad")),
    }),
    slots: readCount(json, "slots", 4_096),
    tickMs: readCount(json, "tickMs", 10_000),
    creditWindowNanotons: json.nanotons("creditWindowNanotons"),
    settle: readSettlePolicy(json.object("settle")),
    ...(json.has("bond") && { bond: json.address("bond") }),
    ...(json.has("api") && { api: readApi(json.object("api")) }),
  };
}

function readFollowLoad(json: JsonReader): FollowLoad {
  const floorPercent = json.uint("floorPercent", percentMax);
  const ceilingPercent = json.uint("ceilingPercent", percentMax);
  if (floorPercent <= ceilingPercent) return { floorPercent, ceilingPercent };
  throw new CocoonError("option_invalid", {
    field: "priceFollowsLoad",
    reason: "the floor is above the ceiling",
  });
}

function readApi(json: JsonReader): WorkerApiConfig {
  const origins = json.has("origins") ? json.strings("origins", originsMax) : [];
  for (const origin of origins) {
    if (URL.parse(readUrl(origin))?.origin === origin) continue;
    throw new CocoonError("option_invalid", {
      field: "origins",
      reason: "an origin has a scheme and a host, and no path",
    });
  }
  return { port: json.uint("port", 65_535), origins };
}

function readEngine(json: JsonReader): EngineConfig {
  const kind = json.oneOf("kind", ["llama", "http"]);
  if (kind === "llama") {
    return {
      kind,
      modelPath: json.string("modelPath"),
      ...(json.has("gpu") && { gpu: json.oneOf("gpu", engineGpus) }),
    };
  }
  return {
    kind,
    baseUrl: readUrl(json.string("baseUrl")),
    backendModel: json.string("backendModel"),
  };
}
