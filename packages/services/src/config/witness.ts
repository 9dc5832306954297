import { CocoonError, type JsonReader, toHex } from "@cocoon/protocol";
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
/** As signed notes have it: what would not be one word in a signature line. */
const nameNever = /[\s+]/u;

/** A witness that a log asks, or that a client counts. */
export type WitnessAddress = {
  readonly name: string;
  /** Ed25519, 32 bytes hex. */
  readonly publicKey: string;
  /** Where add-checkpoint lies: "http://host:port". */
  readonly url: string;
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
  return {
    name: readName(json),
    publicKey: toHex(json.hex("publicKey", 32)),
    url: json.string("url"),
  };
}
