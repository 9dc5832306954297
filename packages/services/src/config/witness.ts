import { CocoonError, type JsonReader, toHex } from "@cocoon/protocol";
import { readCount } from "./bounds.ts";
import { readEndpoints } from "./network.ts";

/** A log that is named by hand, such as one of another project. */
export type NamedLog = {
  readonly origin: string;
  /** Ed25519, 32 bytes hex. */
  readonly publicKey: string;
};

export type WitnessConfig = {
  /** Directory of keys.json and witness.db. */
  readonly home: string;
  readonly networkId: number;
  readonly host: string;
  readonly port: number;
  /** How its signature lines name it, such as "witness.example/w1". */
  readonly name: string;
  /** Where the bonds of this network are read: each log that one answers for is followed. Optional. Default: none is. */
  readonly endpoints?: readonly string[];
  /** Logs that are followed besides. Optional. Default: none. */
  readonly logs?: readonly NamedLog[];
};

const logsMax = 1_024;
/** That one log asks, or one client counts. */
export const witnessesMax = 32;
/** As signed notes have it: what would not be one word in a signature line. */
const nameNever = /[\s+]/u;

/** A witness that a log asks. */
export type WitnessAddress = {
  readonly name: string;
  /** Ed25519, 32 bytes hex. */
  readonly publicKey: string;
  /** Where add-checkpoint lies: "http://host:port". */
  readonly url: string;
};

/** Whose cosignatures a client counts, and how many of them it takes. */
export type WitnessRule = {
  readonly keys: readonly Omit<WitnessAddress, "url">[];
  /** From 1 to as many as there are keys. */
  readonly threshold: number;
};

export function readWitnessConfig(json: JsonReader): WitnessConfig {
  return {
    home: json.string("home"),
    networkId: json.int("networkId"),
    host: json.string("host", 253),
    port: json.uint("port", 65_535),
    name: readName(json),
    ...(json.has("endpoints") && { endpoints: readEndpoints(json) }),
    ...(json.has("logs") && { logs: json.objects("logs", logsMax).map(readNamedLog) }),
  };
}

/** A name that a signature line can carry. */
function readName(json: JsonReader): string {
  const name = json.string("name", 128);
  if (name !== "" && !nameNever.test(name)) return name;
  throw new CocoonError("option_invalid", { field: "name" });
}

function readNamedLog(json: JsonReader): NamedLog {
  return {
    origin: json.string("origin", 256),
    publicKey: toHex(json.hex("publicKey", 32)),
  };
}

export function readWitnessAddress(json: JsonReader): WitnessAddress {
  return { ...readKey(json), url: json.string("url") };
}

/** Throws option_invalid where more must cosign than there are, or one key stands there twice. */
export function readWitnessRule(json: JsonReader): WitnessRule {
  const keys = json.objects("keys", witnessesMax).map(readKey);
  if (new Set(keys.map(({ publicKey }) => publicKey)).size !== keys.length) {
    throw new CocoonError("option_invalid", { field: "keys" });
  }
  return { keys, threshold: readCount(json, "threshold", keys.length) };
}

function readKey(json: JsonReader): WitnessRule["keys"][number] {
  return { name: readName(json), publicKey: toHex(json.hex("publicKey", 32)) };
}
