import {
  type JsonReader,
  type Nanotons,
  privacies,
  type Privacy,
  recipientsMax,
  type Tier,
  tierDefault,
  tiers,
} from "@cocoon/protocol";
import { readCount } from "./bounds.ts";
import { type NetworkConfig, readNetwork } from "./network.ts";
import { readWitnessRule, type WitnessRule } from "./witness.ts";

/** No more than 8 MiB can be sealed; what is beyond that is only read to be refused. */
const bodyBytesLimit = 64 * 1_048_576;

export type GatewayConfig = {
  /** Directory of keys.json and gateway.db. */
  readonly home: string;
  readonly network: NetworkConfig;
  readonly host: string;
  readonly port: number;
  /** The lowest tier that any request is sent to; never weakened by a request. Optional in the file: `confidential`. */
  readonly tier: Tier;
  /** Of every answer; a request may ask for more. Optional in the file: `standard`. */
  readonly privacy?: Privacy;
  /** To how many workers a request is sealed, 1 to 4: one answers, the others stand by. Optional in the file: 2. */
  readonly recipientsMax?: number;
  /** Whether one key exchange with a worker serves many requests. Optional in the file: no. */
  readonly keepsSessions?: boolean;
  /** Whether responses are kept whose requests say `store`: in memory, for an hour. Optional in the file: no. */
  readonly keepsResponses?: boolean;
  /** Whose cosignatures make an answer included or anchored. Optional. Default: the log's own word does. */
  readonly witnesses?: WitnessRule;
  /** Deposited when a channel is opened, and again each time less than half of it is left. */
  readonly depositNanotons: Nanotons;
  /** The most that is ever deposited in one channel, top-ups included. Optional. Default: no top-ups. */
  readonly budgetNanotons?: Nanotons;
  /** Dispute window of the channels that it opens. */
  readonly closeTimeoutSeconds: number;
  /** Requests larger than this are refused before they are read. */
  readonly bodyBytesMax: number;
};

export function readGatewayConfig(json: JsonReader): GatewayConfig {
  return {
    home: json.string("home"),
    network: readNetwork(json.object("network")),
    host: json.string("host", 253),
    port: json.uint("port", 65_535),
    tier: json.has("tier") ? json.oneOf("tier", tiers) : tierDefault,
    ...(json.has("privacy") && { privacy: json.oneOf("privacy", privacies) }),
    ...(json.has("recipientsMax") && {
      recipientsMax: readCount(json, "recipientsMax", recipientsMax),
    }),
    ...(json.has("keepsSessions") && { keepsSessions: json.boolean("keepsSessions") }),
    ...(json.has("keepsResponses") && { keepsResponses: json.boolean("keepsResponses") }),
    ...(json.has("witnesses") && { witnesses: readWitnessRule(json.object("witnesses")) }),
    depositNanotons: json.nanotons("depositNanotons"),
    ...(json.has("budgetNanotons") && { budgetNanotons: json.nanotons("budgetNanotons") }),
    closeTimeoutSeconds: json.uint("closeTimeoutSeconds"),
    bodyBytesMax: readCount(json, "bodyBytesMax", bodyBytesLimit),
  };
}
